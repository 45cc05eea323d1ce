import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { basename, dirname, join } from "node:path";
import { writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { decodeImage, encodePng, readPngText } from "../../lib/image.ts";
import { Generator } from "../../lib/random.ts";
import { map, type Tensor, tensor } from "../../lib/tensor.ts";
import { temporaryFolder, writePipeline } from "../models/checkpoints.ts";
import { readTensors } from "../models/deepfloyd_checkpoints.ts";
import { SIZE, writeTextToImage } from "../models/text_to_image_folder.ts";
import { namesIn, refuse, runTask, succeed } from "./task.ts";

const sample = (...args: string[]) => succeed("sample", ...args);

/** Draws, and gives what `--json` prints. */
async function draw(...args: string[]) {
  return JSON.parse(await sample(...args, "--json"));
}

/** Two steps of two pictures on one thread. */
const few = ["--steps", "2", "--count", "2", "--threads", "1"];

/** A picture of random bytes, as a file. */
async function writePicture(path: string, size = SIZE, width = size): Promise<Tensor> {
  const noise = new Generator(3).randn([3, size, width]);
  const bytes = encodePng(map(noise, (value) => Math.max(-1, Math.min(1, value))));
  await Deno.writeFile(path, bytes);
  return await decodeImage(bytes);
}

/** A mask that covers the upper half, as a file. */
async function writeMask(path: string, size = SIZE): Promise<void> {
  const mask = Float32Array.from({ length: size * size }, (_, i) => i < size * size / 2 ? 1 : -1);
  await Deno.writeFile(path, encodePng(tensor(mask, [1, size, size])));
}

/** Draws the sheet and the first picture again, and compares the files. */
async function assertAgain({ grid, images }: { grid: string; images: string[] }, ...args: string[]) {
  await using folder = await temporaryFolder();
  for (const [path, expected] of [[images[0], [images[0]]], [grid, [...images, grid]]] as const) {
    await sample("--again", path, "--threads", "1", "--out", folder.path, ...args);
    assertEquals(await namesIn(folder.path), expected.map((file) => basename(file)).sort());
    for (const file of expected) {
      assertEquals(await Deno.readFile(join(folder.path, basename(file))), await Deno.readFile(file), file);
    }
  }
}

Deno.test("sample draws pictures of a text, and again byte for byte", async () => {
  await using folder = await temporaryFolder();
  const model = await writeTextToImage(join(folder.path, "tiny"), "I");
  const out = join(folder.path, "out");
  const args = ["--model", model, ...few, "--out", out];
  const run = await draw("A rocket", "ship", "--negative", "blurry", "--seed", "5", "--scale", "2", ...args);
  const { weights } = run.parameters;
  assertEquals(run.parameters, {
    prompts: ["A rocket ship"],
    negative: "blurry",
    model,
    weights,
    sampler: "ddpm",
    steps: 2,
    guidance: 7,
    seed: 5,
    count: 2,
    scale: 2,
    image: null,
    strength: null,
    mask: null,
    upscale: null,
  });
  assertMatch(basename(run.grid), /^a-rocket-ship-tiny-seed5-steps2-[0-9a-f]{6}\.png$/);
  assertEquals([run.images.length, run.stepMs.length, run.device], [2, 2, "cpu"]);
  assert(run.encodeMs > 0);
  const single = await Deno.readFile(run.images[1]);
  assertEquals((await decodeImage(single)).shape, [3, 2 * SIZE, 2 * SIZE]);
  const text = { task: "text-to-image", format: 1, ...run.parameters, picture: 2 };
  assertEquals(JSON.parse(readPngText(single).denoise), text);
  await assertAgain(run);
  // The seed, and so the picture, is the second one's alone, but for rounding.
  const alone = await draw(
    "A rocket ship",
    "--negative",
    "blurry",
    "--seed",
    "6",
    "--scale",
    "2",
    ...args,
    "--count",
    "1",
  );
  const [one, two] = [await Deno.readFile(alone.images[0]), single];
  const [x, y] = [await decodeImage(one), await decodeImage(two)];
  assertEquals(x.data.filter((value, i) => Math.abs(value - y.data[i]) > 0.01), new Float32Array());
  // What is avoided, and how much, is seen.
  const other = await draw("A rocket ship", "--guidance", "1", "--seed", "5", "--scale", "2", ...args);
  assertNotEquals(await Deno.readFile(other.images[1]), single);
});

Deno.test("sample prints where pictures of a text are, and how long they took", async () => {
  await using folder = await temporaryFolder();
  const model = await writeTextToImage(join(folder.path, "tiny"), "I");
  const args = ["--model", model, ...few, "--sampler", "dpm-solver++", "--out", folder.path, "--seed", "1"];
  assertMatch(
    await sample("fog", ...args),
    /^grid +.*\.png\nimages +.*-1.png to .*-2.png\nseed +1\nprompts +encoded in \d+ ms\ntime +2 steps of /,
  );
  const long = "a b c d e f g h i j k l m n o p q r s t u v w";
  const { code, stderr } = await runTask("sample", long, ...args);
  assertEquals(code, 0);
  assertMatch(stderr, /^note: "a b .* w" is longer than 20 tokens; left out: ".*u v w"\n$/);
});

Deno.test("sample begins from a picture, and repaints what a mask covers", async () => {
  await using folder = await temporaryFolder();
  const model = await writeTextToImage(join(folder.path, "tiny"), "I");
  const [image, mask] = [join(folder.path, "image.png"), join(folder.path, "mask.png")];
  const picture = await writePicture(image);
  await writeMask(mask);
  const args = ["fog", "--model", model, ...few, "--seed", "1", "--out", join(folder.path, "out")];
  const edited = await draw(...args, "--image", image, "--strength", "0.5");
  assertEquals([edited.parameters.strength, edited.parameters.guidance, edited.stepMs.length], [0.5, 10, 1]);
  await assertAgain(edited);

  const jumping = await draw(...args, "--image", image, "--mask", mask, "--rule", "repaint", "--jumps", "2");
  assertEquals([jumping.parameters.rule, jumping.parameters.jumps], ["repaint", 2]);
  await assertAgain(jumping);

  const repainted = await draw(...args, "--image", image, "--mask", mask);
  assertEquals([repainted.parameters.strength, repainted.parameters.guidance], [1, 7]);
  for (const path of repainted.images) {
    const { data } = await decodeImage(await Deno.readFile(path));
    // The lower half of each channel is the picture's own.
    for (const [i, value] of data.entries()) {
      if (i % SIZE ** 2 >= SIZE ** 2 / 2) assertEquals(value, picture.data[i]);
    }
    assertNotEquals(data.slice(0, 99), picture.data.slice(0, 99));
  }
  await assertAgain(repainted);
  await Deno.remove(image);
  await writePicture(image, 2 * SIZE);
  await writeMask(mask, 2 * SIZE);
  assertMatch(
    await refuse("sample", "--again", repainted.grid),
    /^again: --image is another one \(\w+\) where \w+ is expected \(by which/,
  );
});

Deno.test("sample enlarges what it has drawn with a second model", async () => {
  await using folder = await temporaryFolder();
  const [first, second] = [join(folder.path, "first"), join(folder.path, "second")];
  await writeTextToImage(first, "I");
  await writeTextToImage(second, "II");
  const out = join(folder.path, "out");
  const args = ["fog", "--model", first, ...few, "--seed", "1", "--out", out];
  const run = await draw(...args, "--upscale", second, "--upscale-steps", "3");
  assertEquals([run.stepMs.length, run.parameters.upscale.steps], [5, 3]);
  await assertAgain(run);
  const [image, mask] = [join(folder.path, "image.png"), join(folder.path, "mask.png")];
  const picture = await writePicture(image);
  await writeMask(mask);
  const edited = await draw(
    ...args,
    "--upscale",
    second,
    "--upscale-steps",
    "5",
    "--image",
    image,
    "--mask",
    mask,
  );
  assertEquals(edited.stepMs.length, 2 + 4);
  const { data } = await decodeImage(await Deno.readFile(edited.images[1]));
  assertEquals(data.slice(-99), picture.data.slice(-99));
  assertMatch(
    await refuse("sample", ...args, "--upscale", first),
    /^upscale: ".*first" where a super-resolution model is expected$/,
  );
  assertMatch(
    await refuse("sample", "fog", "--model", second),
    /^model: ".*second" where one that generates images is expected \(a super-resolution model, for --upscale\)$/,
  );
});

Deno.test("pictures of a text may have any shape, and those from a picture its own", async () => {
  await using folder = await temporaryFolder();
  const [first, second] = [join(folder.path, "first"), join(folder.path, "second")];
  await writeTextToImage(first, "I");
  await writeTextToImage(second, "II");
  const args = ["fog", "--model", first, ...few, "--seed", "1", "--out", join(folder.path, "out")];
  const shapeOf = async (path: string) => (await decodeImage(await Deno.readFile(path))).shape;
  const wide = await draw(...args, "--height", "8", "--width", "24");
  assertEquals([wide.parameters.height, wide.parameters.width], [8, 24]);
  assertEquals(await shapeOf(wide.images[0]), [3, 8, 24]);
  await assertAgain(wide);
  const both = await draw(...args, "--width", "24", "--upscale", second, "--upscale-steps", "2");
  assertEquals(await shapeOf(both.images[0]), [3, 16, 24]);
  const image = join(folder.path, "image.png");
  await writePicture(image, 20, 50);
  const whole = await draw(...args, "--image", image, "--keep-aspect");
  assertEquals(await shapeOf(whole.images[1]), [3, 16, 40]);
  await assertAgain(whole);
  const large = await draw(
    ...args,
    "--image",
    image,
    "--keep-aspect",
    "--upscale",
    second,
    "--upscale-steps",
    "2",
  );
  assertEquals(await shapeOf(large.images[1]), [3, 16, 40]);
  for (
    const [options, expected] of [
      [["--height", "10"], "height: 10 where a multiple of 4 is expected"],
      [["--width", "0"], 'width: "0" where a whole number from 1 to 4096 is expected'],
      [["--keep-aspect"], "keep-aspect: given where --image beside it is expected"],
      [
        ["--image", image, "--width", "24"],
        "width: 24 where none beside --image is expected (which has its own)",
      ],
    ] as const
  ) assertEquals(await refuse("sample", ...args, ...options), expected);
  assertMatch(
    await refuse("sample", "--again", wide.grid, "--height", "8"),
    /^again: with --height where none is expected/,
  );
});

Deno.test("weights in half precision are a variant, taken where it is asked for", async () => {
  await using folder = await temporaryFolder();
  const model = await writeTextToImage(join(folder.path, "tiny"), "I");
  const args = ["fog", "--model", model, ...few, "--seed", "1", "--out", join(folder.path, "out")];
  const full = await draw(...args);
  assertEquals(
    await refuse("sample", ...args, "--variant", "fp16"),
    'variant: "fp16" where none is expected (of --model)',
  );
  const path = join(model, "unet", "diffusion_pytorch_model");
  const half = await readTensors("unet_I_tiny");
  await writeSafetensors(`${path}.fp16.safetensors`, half, { dtype: "F16" });
  const drawn = await draw(...args, "--variant", "fp16");
  assertEquals(drawn.parameters.variant, "fp16");
  assertNotEquals(await Deno.readFile(drawn.images[0]), await Deno.readFile(full.images[0]));
  await assertAgain(drawn);
  assertEquals(
    await refuse("sample", ...args, "--variant", "bf16"),
    'variant: "bf16" where one of fp16 is expected (of --model)',
  );
  // It is all that is left: taken without being asked for.
  await Deno.remove(`${path}.safetensors`);
  const left = await draw(...args);
  assertEquals(left.parameters.variant, undefined);
  const pixels = async (file: string) => (await decodeImage(await Deno.readFile(file))).data;
  assertEquals(await pixels(left.images[0]), await pixels(drawn.images[0]));
});

Deno.test("prompts that were encoded before draw the same pictures without an encoder", async () => {
  await using folder = await temporaryFolder();
  const model = await writeTextToImage(join(folder.path, "tiny"), "I");
  const file = join(folder.path, "prompts.safetensors");
  const args = ["--model", model, ...few, "--seed", "5", "--out", join(folder.path, "out")];
  const own = await draw("fog", "--negative", "rain", ...args);
  const before = await Promise.all([...own.images, own.grid].map((path) => Deno.readFile(path)));
  const encoded = await succeed(
    "models",
    "encode",
    "a cat",
    "fog",
    "--negative",
    "rain",
    "--model",
    model,
    "--out",
    file,
  );
  assertMatch(encoded, /holds 2 prompts; deno task sample --model .* draws them\n$/);
  await Deno.remove(join(model, "text_encoder"), { recursive: true });

  const given = await draw("fog", "--embeddings", file, ...args);
  assertEquals(given.parameters, own.parameters);
  const after = await Promise.all([...given.images, given.grid].map((path) => Deno.readFile(path)));
  assertEquals(after, before);
  await assertAgain(own, "--embeddings", file);
  const all = await draw("--embeddings", file, ...args);
  assertEquals([all.images.length, all.parameters.prompts], [4, ["a cat", "fog"]]);
  assertEquals(
    await refuse("sample", "dog", "--embeddings", file, ...args),
    'prompt: "dog" where one of --embeddings is expected ("a cat", "fog")',
  );
  assertMatch(
    await refuse("sample", "fog", "--negative", "snow", "--embeddings", file, ...args),
    /^negative: "snow" where that of --embeddings is expected \("rain"\)$/,
  );
  assertMatch(await refuse("sample", "fog", ...args), /text_encoder.config.json: does not exist$/);
});

Deno.test("models tells what a pipeline for texts is", async () => {
  await using folder = await temporaryFolder();
  const model = await writeTextToImage(join(folder.path, "tiny"), "I");
  const text = await succeed("models", "info", model);
  assertMatch(text, /^kind +text to image, 16 x 16 pixels$/m);
  assertMatch(text, /^parameters +[\d,]+$/m);
  const digits = await writePipeline(join(folder.path, "digits"), 10);
  const out = join(folder.path, "prompts.safetensors");
  for (
    const [args, expected] of [
      [
        ["fog", "--model", digits, "--out", out],
        /^model: ".*digits" where a text-to-image model is expected$/,
      ],
      [
        ["fog", "fog", "--model", model, "--out", out],
        /^prompts: "fog" twice where each prompt once is expected$/,
      ],
      [["fog", "--model", model, "--out", folder.path], /^out: ".*" is a folder where a file is expected$/],
      [
        ["fog", "--model", model, "--out", join(folder.path, "none", "p.safetensors")],
        /^out: ".*p.safetensors" where a file in a folder that exists is expected$/,
      ],
      [["--model", model, "--out", out], /^missing required argument 'prompts'$/],
      [["fog", "--model", model], /^required option '--out <file>' not specified$/],
    ] as const
  ) assertMatch(await refuse("models", "encode", ...args), expected);
  assertEquals(await namesIn(folder.path), ["digits", "tiny"]);
});

Deno.test("sample draws by the class of the folder's scheduler, and refuses what that does not do", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  const scheduler = { _class_name: "DPMSolverMultistepScheduler", lambda_min_clipped: -5.1 };
  const model = await writeTextToImage(at("solver"), "I", { scheduler });
  const second = await writeTextToImage(at("second"), "II");
  const few = ["--steps", "3", "--seed", "1", "--guidance", "2", "--out", at("out")];
  const { sampler, upscale } =
    (await draw("fog", "--model", model, ...few, "--upscale", second, "--upscale-steps", "2")).parameters;
  assertEquals([sampler, upscale.sampler], ["dpm-solver++", "ddpm"]);
  const chosen = await draw("fog", "--model", model, ...few, "--sampler", "ddim");
  assertEquals(chosen.parameters.sampler, "ddim");

  const karras = await writeTextToImage(at("karras"), "I", {
    scheduler: { _class_name: "EulerDiscreteScheduler", use_karras_sigmas: true },
  });
  assertEquals((await draw("fog", "--model", karras, ...few)).parameters.sampler, "euler");

  const twice = await writeTextToImage(at("twice"), "I", {
    scheduler: { ...scheduler, use_karras_sigmas: true, use_beta_sigmas: true },
  });
  const sde = await writeTextToImage(at("sde"), "I", { scheduler: { _class_name: "SASolverScheduler" } });
  // Nothing is encoded before: there are no weights for it.
  for (const path of [twice, sde]) {
    await Deno.remove(join(path, "text_encoder", "model.safetensors"));
  }
  const cases: [string[], RegExp][] = [
    [
      ["--model", twice],
      /scheduler_config.json: "use_beta_sigmas" is true where false, beside the spacing karras,/,
    ],
    [
      ["--model", sde],
      /scheduler_config.json: "_class_name" is "SASolverScheduler" where one of DDPM/,
    ],
  ];
  for (const [args, message] of cases) assertMatch(await refuse("sample", "fog", ...args), message);
});

Deno.test("sample refuses what a text, a picture or a mask cannot be, in one line, and leaves no file", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  const model = await writeTextToImage(at("tiny"), "I");
  const wide = await writeTextToImage(at("wide"), "I", { width: 64 });
  const digits = await writePipeline(at("digits"), 10);
  const [image, mask, small, none] = ["image.png", "mask.png", "small.png", "none.png"].map(at);
  await writePicture(image);
  await writeMask(mask);
  await writeMask(small, 8);
  const cases: [string[], string | RegExp][] = [
    [
      ["fog", "--model", "Nobody/IF"],
      /^model: "Nobody\/IF" where .* \(deno task models pull Nobody\/IF gets /,
    ],
    [["--model", model], /^prompt: none where a text is expected \(by --model /],
    [["fog", "--model", wide], /config.json: "d_model" is 64 where 48, the width of texts in unet/],
    [
      ["fog", "--model", model, "--steps", "1001"],
      "steps: 1001 where a whole number from 1 to 1000 is expected",
    ],
    [["fog", "--model", model, "--guidance", "-1"], "guidance: -1 where a number from 0 to 1000 is expected"],
    [
      ["fog", "--model", model, "--guidance", "1e308"],
      "guidance: 1e+308 where a number from 0 to 1000 is expected",
    ],
    [["fog", "--model", model, "--count", "1001"], /^count: "1001" where a whole number from 1 to 1000/],
    [["fog", "--model", model, "--rule", "repaint"], 'rule: "repaint" where --mask beside it is expected'],
    [
      ["fog", "--model", model, "--image", image, "--mask", mask, "--jumps", "3"],
      "jumps: 3 where --rule repaint beside it is expected",
    ],
    [["fog", "--model", model, "--strength", "0.5"], "strength: 0.5 where --image beside it is expected"],
    [["fog", "--model", model, "--mask", mask], /^mask: ".*mask.png" where --image beside it is expected$/],
    [["fog", "--model", model, "--upscale", "nothing"], /^upscale: "nothing" where /],
    [
      ["fog", "--model", model, "--upscale-steps", "2"],
      "upscale-steps: 2 where --upscale beside it is expected",
    ],
    [["fog", "--model", model, "--embeddings", image], /image.png: /],
    [
      ["fog", "--model", model, "--image", none],
      /^image: ".*none.png" where an image .* \(it does not exist\)$/,
    ],
    [
      ["fog", "--model", model, "--image", join(model, "model_index.json")],
      /^image: ".*" where an image in PNG, JPEG or GIF is expected \(\d+ bytes of an unknown format\)$/,
    ],
    ...["0", "1.5", "-1"].map((strength): [string[], string] => [
      ["fog", "--model", model, "--image", image, "--strength", strength],
      `strength: ${strength} where a number above 0 and at most 1 is expected`,
    ]),
    [
      ["fog", "--model", model, "--image", image, "--strength", "0.001"],
      /^strength: 0.001 where a larger number is expected \(since it leaves none of 80/,
    ],
    [
      ["fog", "--model", model, "--image", image, "--mask", small],
      "mask: 8 x 8 pixels where the image's 16 x 16 are expected",
    ],
    [
      ["7", "--model", digits, "--negative", "8"],
      /^negative: given where none is expected \(--model .* draws no/,
    ],
  ];
  for (const [args, expected] of cases) {
    const line = await refuse("sample", ...args, "--out", at("out"));
    if (typeof expected === "string") assertEquals(line, expected);
    else assertMatch(line, expected);
    assertEquals(await namesIn(at("out")), []);
  }
});

Deno.test("sample --profile tells where the time went, and leaves nothing behind", async () => {
  await using folder = await temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  const [first, second] = [await writeTextToImage(path("I"), "I"), await writeTextToImage(path("II"), "II")];
  const left = async () =>
    (await namesIn(dirname(folder.path))).filter((name) => name.startsWith("denoise-profile-"));
  const before = await left();
  const cascade = ["--model", first, "--upscale", second, "--upscale-steps", "2", "--cache-interval", "2"];
  const options = ["a cat", ...few, ...cascade, "--profile", "--out", path("out")];
  const { profile, stepMs } = await draw(...options);
  const phases = ["program and options", "encoding prompts", "opening networks"];
  assertEquals(
    profile.phases.map(({ name }: { name: string }) => name),
    [...phases, "first stage", "second stage", "writing images"],
  );
  const steps = stepMs.reduce((sum: number, ms: number) => sum + ms, 0);
  const sum = (list: { ms: number }[]) => list.reduce((sum, { ms }) => sum + ms, 0);
  assert(sum(profile.phases.slice(3, 5)) >= 0.9 * steps);
  const operators = profile.operators as { operator: string; runs: number; ms: number }[];
  assert(sum(operators) > 0 && sum(operators) <= sum(profile.phases));
  assertEquals(operators, operators.toSorted((a, b) => b.ms - a.ms));
  assert(operators.find(({ operator }) => operator === "Conv")!.runs > 100);
  const lines = await sample(...options);
  assertMatch(lines, /^profile +\d+ ms since the program began$/m);
  assertMatch(lines, /^ +second stage +\d+ ms +\d+\.\d%$/m);
  assertMatch(lines, /^ +Conv +\d+ ms +\d+\.\d% in \d+ runs$/m);
  assertEquals(await left(), before);
  assertMatch(
    await refuse("sample", "7", "--profile", "--model", "mnist-class"),
    /^profile: given where none/,
  );
});
