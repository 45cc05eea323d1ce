import { assertEquals, assertLess, assertMatch, assertNotEquals } from "@std/assert";
import { basename, join } from "node:path";
import { decodeImage, encodePng, readPngText } from "../../lib/image.ts";
import { zeros } from "../../lib/tensor.ts";
import {
  temporaryFolder,
  unetConfig,
  unetWeights,
  writeJson,
  writeModel,
  writePipeline,
} from "../models/checkpoints.ts";
import { namesIn, refuse, succeed } from "./task.ts";

const sample = (...args: string[]) => succeed("sample", ...args);
const refuseSample = (...args: string[]) => refuse("sample", ...args);

Deno.test("sample draws a grid and single pictures, with their parameters in them", async () => {
  await using folder = await temporaryFolder();
  const model = await writePipeline(join(folder.path, "digits"), 10);
  const out = join(folder.path, "new", "out");
  const line = await sample(
    "2",
    "04",
    "--model",
    model,
    "--seed",
    "-5",
    "--count",
    "2",
    "--steps",
    "3",
    "--out",
    out,
    "--json",
  );
  const { grid, images, seed, parameters, device, msPerStep, overhead } = JSON.parse(line);
  assertMatch(line, /^[^\n]+\n$/);
  assertEquals(parameters, {
    prompt: "204",
    model,
    weights: parameters.weights,
    sampler: "dpm-solver++",
    steps: 3,
    guidance: 5,
    seed: -5,
    count: 2,
    scale: 1,
  });
  assertMatch(parameters.weights, /^[0-9a-f]{16}$/);
  assertEquals([seed, device], [-5, "cpu"]);
  assertLess(0, msPerStep);
  assertLess(overhead, 1);

  assertEquals(basename(grid), "204-digits-seed-5-steps3-count2.png");
  assertEquals(await namesIn(out), [...images, grid].map((path) => basename(path)).sort());
  assertEquals(images.length, 6);
  const sheet = await Deno.readFile(grid);
  // Three columns that read as the prompt, two rows, gaps of two pixels, four times as large.
  assertEquals((await decodeImage(sheet, { channels: 1 })).shape, [
    1,
    4 * (2 * 28 + 2),
    4 * (3 * 28 + 2 * 2),
  ]);
  const text = { task: "sample", format: 1, ...parameters };
  assertEquals(JSON.parse(readPngText(sheet).denoise), text);
  const singles = await Promise.all(images.map((path: string) => Deno.readFile(path)));
  for (const [i, single] of singles.entries()) {
    assertEquals((await decodeImage(single, { channels: 1 })).shape, [1, 28, 28]);
    assertEquals(JSON.parse(readPngText(single).denoise), { ...text, picture: i + 1 });
  }
});

Deno.test("sample --again makes the same grid and the same single picture, byte for byte", async () => {
  await using folder = await temporaryFolder();
  const model = await writePipeline(join(folder.path, "digits"), 10);
  const [out, other] = [join(folder.path, "out"), join(folder.path, "other")];
  for (const sampler of ["ddpm", "ddim", "dpm-solver++"]) {
    await sample(
      "31",
      "--model",
      model,
      "--steps",
      "4",
      "--sampler",
      sampler,
      "--count",
      "2",
      "--scale",
      "2",
      "--out",
      out,
    );
    const names = await namesIn(out);
    const grid = names.find((name) => name.endsWith("scale2.png"))!;
    const single = names.find((name) => name.endsWith("scale2-3.png"))!;
    assertEquals(names.length, 5);
    await sample("--again", join(out, single), "--out", other);
    assertEquals(await namesIn(other), [single]);
    await sample("--again", join(out, grid), "--out", other);
    assertEquals(await namesIn(other), names);
    for (const name of names) {
      assertEquals(await Deno.readFile(join(other, name)), await Deno.readFile(join(out, name)), name);
    }
    await Deno.remove(out, { recursive: true });
    await Deno.remove(other, { recursive: true });
  }
});

Deno.test("sample draws without a prompt by a network without classes", async () => {
  await using folder = await temporaryFolder();
  const model = await writePipeline(join(folder.path, "time"), 0);
  const args = ["--model", model, "--steps", "2", "--count", "3", "--out", folder.path];
  const text = await sample(...args, "--seed", "1");
  assertMatch(
    text,
    /^grid +.*time-seed1-steps2-count3.png\nimages +.*-1.png to .*-3.png\nseed +1\ntime +2 steps of /,
  );
  assertMatch(
    await refuseSample("7", ...args),
    /^prompt: "7" where none is expected \(--model .* has no classes\)$/,
  );
  assertMatch(await refuseSample(...args, "--guidance", "3"), /^guidance: 3 where none is expected/);
});

Deno.test("sample draws a seed where none is given", async () => {
  await using folder = await temporaryFolder();
  const model = await writePipeline(join(folder.path, "digits"), 10);
  const args = ["7", "--model", model, "--steps", "1", "--count", "1", "--out", folder.path, "--json"];
  const [a, b] = [JSON.parse(await sample(...args)), JSON.parse(await sample(...args))];
  assertNotEquals(a.seed, b.seed);
  assertEquals(a.parameters.seed, a.seed);
});

Deno.test("sample refuses what cannot be, in one line, and leaves no file", async () => {
  await using folder = await temporaryFolder();
  const model = await writePipeline(join(folder.path, "digits"), 10);
  const denoiser = await writeModel(join(folder.path, "denoiser"), unetConfig(), unetWeights());
  const two = await writePipeline(join(folder.path, "two"), 2);
  const out = join(folder.path, "out");
  const cases: [string[], string | RegExp][] = [
    [["a cat", "--model", model], `prompt: "a cat" where digits are expected (by --model ${model})`],
    [
      ["a", "7", "--model", "mnist-class"],
      'prompt: "a 7" where digits are expected (by --model mnist-class)',
    ],
    [
      ["7", "--model", "mnist-class", "--image", "cat.png"],
      /^image: given where none is expected/,
    ],
    [
      ["7", "--model", model, "--upscale-steps", "3"],
      /^upscale-steps: given where none is expected \(--model /,
    ],
    [["٣"], 'prompt: "٣" where digits are expected (by --model mnist-class)'],
    [[], 'prompt: "" where digits are expected (by --model mnist-class)'],
    [["1".repeat(65), "--model", model], "prompt: 65 digits where at most 64 are expected"],
    [["012", "--model", two], "prompt: digit 2 where digits from 0 to 1 are expected"],
    [["7", "--model", "mnist"], /^model: "mnist" where .*the folder of a checkpoint is expected$/],
    [["7", "--model", denoiser], /model_index.json: does not exist$/],
    [
      ["7", "--model", model, "--sampler", "euler"],
      'sampler: "euler" where one of ddpm, ddim, dpm-solver++, heun is expected',
    ],
    [["7", "--model", model, "--steps", "0"], /^steps: "0" where a whole number from 1 to /],
    [["7", "--model", model, "--steps", "301"], "steps: 301 where a whole number from 1 to 300 is expected"],
    [["7", "--model", model, "--steps", "2.5"], /^steps: "2.5" where a whole number/],
    [["7", "--model", model, "--guidance", "NaN"], 'guidance: "NaN" where a finite number is expected'],
    [["7", "--model", model, "--seed", "1e3"], /^seed: "1e3" where an integer within/],
    [
      ["7", "--model", model, "--seed", "9007199254740993"],
      /^seed: "9007199254740993" where an integer within/,
    ],
    [["7", "--model", model, "--count", "0"], 'count: "0" where a whole number from 1 to 1000 is expected'],
    [["77", "--model", model, "--count", "501"], "count: 501 where at most 500 for 2 digits is expected"],
    [["7", "--model", model, "--scale", "33"], 'scale: "33" where a whole number from 1 to 32 is expected'],
    [
      ["7", "--model", model, "--device", "tpu"],
      'device: "tpu" where one of cpu, cuda, webgpu, auto is expected',
    ],
    [
      ["7", "--model", model, "--threads", "0"],
      'threads: "0" where a whole number from 1 to 1024 is expected',
    ],
    [["7", "--model", model, "--stepps", "3"], "unknown option '--stepps'"],
    [["7", "--model", model, "--seed"], "option '--seed <n>' argument missing"],
  ];
  for (const [args, expected] of cases) {
    const line = await refuseSample(...args, ...(args.at(-1) === "--seed" ? [] : ["--out", out]));
    if (typeof expected === "string") assertEquals(line, expected);
    else assertMatch(line, expected);
    assertEquals(await namesIn(out), []);
  }
});

Deno.test("sample refuses a folder that cannot be written to before it draws", async () => {
  await using folder = await temporaryFolder();
  const model = await writePipeline(join(folder.path, "digits"), 10);
  const file = join(folder.path, "file");
  await Deno.writeTextFile(file, "mine");
  for (const out of [file, join(file, "below", "it")]) {
    const line = await refuseSample("7", "--model", model, "--steps", "300", "--out", out);
    assertEquals(
      line.startsWith(`out: ${JSON.stringify(out)} where a folder that can be written to is expected (`),
      true,
      line,
    );
  }
  assertEquals(await Deno.readTextFile(file), "mine");
  assertEquals(await namesIn(folder.path), ["digits", "file"]);
});

Deno.test("sample refuses damaged checkpoints", async () => {
  await using folder = await temporaryFolder();
  const model = await writePipeline(join(folder.path, "digits"), 10);
  const out = join(folder.path, "out");
  const draw = () => refuseSample("7", "--model", model, "--out", out);
  const weights = join(model, "unet", "diffusion_pytorch_model.safetensors");
  await Deno.truncate(weights, 100_000);
  assertMatch(await draw(), /it is truncated/);
  await Deno.remove(weights);
  assertMatch(await draw(), /cannot be opened/);
  await Deno.writeTextFile(join(model, "unet", "config.json"), '{"_class_name":\n');
  assertMatch(await draw(), /config.json: not valid JSON/);
  await writeJson(join(model, "model_index.json"), []);
  assertMatch(await draw(), /model_index.json: \[\] where a JSON object is expected$/);
  assertEquals(await namesIn(out), []);
});

Deno.test("sample stops at an interruption and leaves no file", async () => {
  await using folder = await temporaryFolder();
  const model = await writePipeline(join(folder.path, "digits"), 10);
  const out = join(folder.path, "out");
  // Not by way of the task, which is another process.
  await using child = new Deno.Command("deno", {
    args: [
      "run",
      "--quiet",
      "-A",
      "cli/sample.ts",
      "7",
      "--model",
      model,
      "--steps",
      "300",
      "--count",
      "999",
      "--out",
      out,
    ],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  // The folder is there once the sampling begins.
  while (!(await namesIn(folder.path)).includes("out")) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill("SIGINT");
  const { code, stderr } = await child.output();
  assertEquals([code, new TextDecoder().decode(stderr)], [130, "interrupted\n"]);
  assertEquals(await namesIn(folder.path), ["digits"]);
});

Deno.test("sample --again refuses what it cannot make again", async () => {
  await using folder = await temporaryFolder();
  const model = await writePipeline(join(folder.path, "digits"), 10);
  const out = join(folder.path, "out");
  const [plain, forged, picture] = ["plain.png", "forged.png", "picture.png"].map((name) =>
    join(folder.path, name)
  );
  const black = zeros([1, 28, 28]);
  await Deno.writeFile(plain, encodePng(black));
  const parameters = {
    task: "sample",
    format: 1,
    prompt: "7",
    model,
    weights: "0".repeat(16),
    sampler: "ddim",
  };
  await Deno.writeFile(
    forged,
    encodePng(black, { text: { denoise: JSON.stringify({ ...parameters, steps: -1 }) } }),
  );
  const rest = { steps: 2, guidance: 5, seed: 1, count: 1, scale: 1 };
  await Deno.writeFile(
    picture,
    encodePng(black, { text: { denoise: JSON.stringify({ ...parameters, ...rest }) } }),
  );

  const again = (path: string, ...args: string[]) => refuseSample("--again", path, "--out", out, ...args);
  assertMatch(
    await again(join(folder.path, "none.png")),
    /^again: ".*none.png" where .* \(it does not exist\)$/,
  );
  assertMatch(await again(plain), /\(it has no parameters\)$/);
  assertMatch(await again(join(model, "model_index.json")), /where a generated image is expected/);
  assertMatch(await again(forged), /"steps" is -1 where a whole number of at least 1 is expected/);
  assertMatch(
    await again(picture),
    /^again: weights 0{16} where weights [0-9a-f]{16} are expected \(those of --model /,
  );
  assertMatch(
    await again(picture, "--seed", "3", "9"),
    /^again: with --seed, a prompt where none is expected/,
  );
  assertEquals(await namesIn(out), []);
});
