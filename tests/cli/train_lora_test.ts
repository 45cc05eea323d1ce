import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { decodeImage, readPngText } from "../../lib/image.ts";
import { temporaryFolder } from "../models/checkpoints.ts";
import { writeTextToImage } from "../models/text_to_image_folder.ts";
import { writePictures } from "../recipes/tuning/tiny_tuning.ts";
import { namesIn, refuse, runTask, succeed } from "./task.ts";

const LORA = "pytorch_lora_weights.safetensors";

Deno.test("train lora learns one's own pictures with a prior that it draws, resumes, and sample draws with it", async () => {
  await using folder = await temporaryFolder();
  const at = (...names: string[]) => join(folder.path, ...names);
  const model = await writeTextToImage(at("model"), "I");
  const data = await writePictures(at("cats"), 3);
  await Deno.writeTextFile(join(data, "notes.txt"), "no picture");
  const out = at("run");
  const options = ["--model", model, "--data", data, "--out", out, "--threads", "1"];
  const prior = ["--prior-prompt", "an animal", "--prior-count", "2"];
  const first = await runTask(
    "train",
    "lora",
    ...options,
    "--prompt",
    "a cat",
    ...prior,
    "--steps",
    "5",
    "--max-steps",
    "2",
  );
  assertEquals(first.code, 0, first.stderr);
  assertStringIncludes(first.stdout, "--resume goes on from the checkpoint");
  assertMatch(first.stderr, /skipped: .*notes\.txt/);
  assertEquals(await namesIn(join(out, "prior")), ["0000.png", "0001.png"]);
  // The prompt, the prior and the settings are the run's.
  const second = await runTask("train", "lora", ...options, "--resume");
  assertEquals(second.code, 0, second.stderr);
  assertStringIncludes(second.stdout, `${out}/${LORA} holds the LoRA`);
  assertMatch(second.stderr, /lora 6\/6 epoch 2, loss [\d.]+/);

  const drawn = at("drawn");
  const draw = [
    "a cat",
    "--model",
    model,
    "--steps",
    "2",
    "--seed",
    "1",
    "--count",
    "1",
    "--out",
    drawn,
    "--json",
  ];
  const plain = JSON.parse(await succeed("sample", ...draw));
  const one = JSON.parse(
    await succeed("sample", ...draw, "--lora", out, "--lora", `${join(out, LORA)}:-0.5`),
  );
  assertEquals(one.parameters.loras.map(({ scale }: { scale: number }) => scale), [1, -0.5]);
  assert(one.images[0] !== plain.images[0]);
  const merged = at("merged");
  await succeed(
    "models",
    "merge",
    model,
    "--lora",
    out,
    "--lora",
    `${join(out, LORA)}:-0.5`,
    "--out",
    merged,
  );
  const whole = JSON.parse(await succeed("sample", ...draw, "--model", merged));
  const [beside, within] = await Promise.all([one, whole].map(async ({ images }) => {
    return (await decodeImage(await Deno.readFile(images[0]))).data;
  }));
  assertLess(Math.max(...beside.map((value, i) => Math.abs(value - within[i]))), 0.02);
  const bytes = await Deno.readFile(one.images[0]);
  assertEquals(JSON.parse(readPngText(bytes).denoise).loras, one.parameters.loras);
  const again = JSON.parse(await succeed("sample", "--again", one.images[0], "--out", at("again"), "--json"));
  assertEquals(await Deno.readFile(again.images[0]), bytes);
  assertMatch(
    await refuse("sample", "--again", one.images[0], "--lora", out, "--out", at("other")),
    /^again: --lora is another one .* is expected \(by which the image was generated\)$/,
  );
});

Deno.test("train fine-tune writes a model that sample opens", async () => {
  await using folder = await temporaryFolder();
  const at = (...names: string[]) => join(folder.path, ...names);
  const model = await writeTextToImage(at("model"), "I");
  const data = await writePictures(at("cats"), 2);
  const out = at("run");
  const { code, stdout, stderr } = await runTask(
    "train",
    "fine-tune",
    ...[
      "--model",
      model,
      "--data",
      data,
      "--prompt",
      "a cat",
      "--steps",
      "3",
      "--out",
      out,
      "--threads",
      "1",
    ],
  );
  assertEquals(code, 0, stderr);
  assertStringIncludes(stdout, `deno task sample "a cat" --model ${out}`);
  await succeed(
    "sample",
    "a cat",
    "--model",
    out,
    "--steps",
    "2",
    "--seed",
    "1",
    "--count",
    "1",
    "--out",
    at("drawn"),
  );
});

Deno.test("wrong input is one line that names the option, and nothing is written", async () => {
  await using folder = await temporaryFolder();
  const at = (...names: string[]) => join(folder.path, ...names);
  const model = await writeTextToImage(at("model"), "I");
  const second = await writeTextToImage(at("second"), "II");
  const data = await writePictures(at("cats"), 2);
  await Deno.mkdir(at("empty"));
  const all = ["--model", model, "--data", data, "--prompt", "a cat", "--out", at("run")];
  const cases: [string[], string][] = [
    [["--data", data, "--prompt", "a cat"], "model: none where a model's name or folder is expected"],
    [["--model", model, "--prompt", "a cat", "--out", at("run")], "data: none where a folder with pictures"],
    [["--model", model, "--data", data], "prompt: none where a text"],
    [
      [...all, "--data", at("empty")],
      `data: "${at("empty")}" where a folder with a PNG, JPEG or GIF is expected`,
    ],
    [[...all, "--data", at("nowhere")], `data: "${at("nowhere")}" where a folder of pictures is expected`],
    [
      [...all, "--model", "mnist-class"],
      'model: "mnist-class" where a text-to-image or super-resolution model',
    ],
    [[...all, "--rank", "0"], 'rank: "0" where a whole number from 1 to 1024 is expected'],
    [[...all, "--targets", "to_x"], 'targets: "to_x"'],
    [[...all, "--batch", "3"], "batch: 3 where at most the 2 pictures of the data are expected"],
    [[...all, "--size", "10"], "size: 10 where a multiple of 4 is expected"],
    [[...all, "--prior-data", data], "prior-data: "],
    [[...all, "--prior-prompt", "an animal", "--prior-data", at("empty")], "prior-data: "],
    [[...all, "--resume"], "resume: "],
    [
      [...all, "--model", second, "--prior-prompt", "an animal"],
      "prior-data: none where a folder with pictures of the prior is expected",
    ],
  ];
  for (const [args, line] of cases) {
    const found = await refuse("train", "lora", ...args);
    assertStringIncludes(found, line, args.join(" "));
  }
  assertEquals(await namesIn(at("run")), []);
  const draw = ["a cat", "--model", model, "--steps", "1", "--out", at("drawn")];
  assertStringIncludes(
    await refuse("sample", ...draw, "--lora", at("nowhere.safetensors")),
    `lora: "${at("nowhere.safetensors")}" where a LoRA's safetensors file`,
  );
  assertStringIncludes(
    await refuse("sample", ...draw, "--lora", `${data}:2`),
    "a folder without pytorch_lora_weights",
  );
  assertStringIncludes(await refuse("sample", ...draw, "--upscale-lora", data), "lora");
  assertStringIncludes(await refuse("sample", "7", "--lora", data), "lora");
  assertEquals(await namesIn(at("drawn")), []);
});
