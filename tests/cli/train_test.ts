import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { SafetensorsFile } from "../../lib/checkpoints/safetensors.ts";
import { encodePng } from "../../lib/image.ts";
import { Generator } from "../../lib/random.ts";
import { readLosses } from "../../recipes/loss_log.ts";
import { temporaryFolder } from "../models/checkpoints.ts";
import { namesIn, refuse, runTask, succeed } from "./task.ts";

/** Trains until a file whose name fits is touched in a folder, and kills the process then. */
async function killAt(moment: RegExp, folder: string, ...args: string[]): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const watcher = Deno.watchFs(folder);
  const process = new Deno.Command("deno", {
    args: [
      "run",
      "--no-check",
      "--allow-read",
      "--allow-write",
      "--allow-ffi",
      "--allow-env=IMAGESCRIPT_WASM_SIMD",
      "cli/train.ts",
      ...args,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  process.status.then(() => watcher.close());
  for await (const { paths } of watcher) {
    if (!paths.some((path) => moment.test(path))) continue;
    process.kill("SIGKILL");
    break;
  }
  assertEquals((await process.status).signal, "SIGKILL", `${moment}`);
}

const small = ["--width", "4", "--batch", "8", "--epochs", "2", "--seed", "3"];

/** A folder of pictures of one's own: two classes of ten. */
async function ownPictures(folder: string): Promise<string> {
  const generator = new Generator(1);
  for (const name of ["cats", "dogs"]) {
    await Deno.mkdir(join(folder, "data", name), { recursive: true });
    for (let i = 0; i < 10; i++) {
      const picture = encodePng(generator.rand([3, 20, 30]), { range: [0, 1] });
      await Deno.writeFile(join(folder, "data", name, `${i}.png`), picture);
    }
  }
  await Deno.writeTextFile(join(folder, "data", "cats", "notes.txt"), "no picture");
  return join(folder, "data");
}

Deno.test("train learns one's own pictures, draws them, and the model samples", async () => {
  await using folder = await temporaryFolder();
  const data = await ownPictures(folder.path);
  const out = join(folder.path, "run");
  const { code, stdout, stderr } = await runTask(
    "train",
    "mnist-class",
    "--data",
    data,
    "--out",
    out,
    ...small,
  );
  assertEquals(code, 0, stderr);
  assertStringIncludes(stdout, `deno task evaluate ${out}`);
  assertMatch(stderr, /skipped: .*notes\.txt/);
  assertMatch(stderr, /mnist-class 4\/4 epoch 2, loss [\d.]+, \d+ images\/s, 0:00:00 left/);
  const names = await namesIn(out);
  for (
    const name of ["epoch-1.png", "epoch-2.png", "model_index.json", "checkpoint.safetensors", "loss.jsonl"]
  ) {
    assert(names.includes(name), name);
  }
  const drawn = join(folder.path, "drawn");
  await succeed(
    "sample",
    "10",
    "--model",
    out,
    "--steps",
    "2",
    "--count",
    "1",
    "--seed",
    "1",
    "--out",
    drawn,
  );
  assertEquals((await namesIn(drawn)).length, 3);
});

Deno.test("train survives kills at any moment: it resumes, and ends as if nothing had happened", async () => {
  await using folder = await temporaryFolder();
  const data = await ownPictures(folder.path);
  const args = ["mnist-denoiser", "--data", data, "--previews", "none", ...small, "--epochs", "40"];
  const [whole, killed] = [join(folder.path, "whole"), join(folder.path, "killed")];
  assertEquals((await runTask("train", ...args, "--out", whole)).code, 0);

  // While the first checkpoint is written, and an epoch's model; while a resumed run writes its log; amid its epochs; after a
  // checkpoint.
  const moments = [
    /checkpoint\.safetensors\..*tmp$/,
    /diffusion_pytorch_model\.safetensors\..*tmp$/,
    /loss\.jsonl\..*tmp$/,
    /epoch-4/,
    /checkpoint\.safetensors$/,
  ];
  for (const [n, moment] of moments.entries()) {
    await killAt(moment, killed, ...args, "--out", killed, ...(n > 0 ? ["--resume"] : []));
    if (n > 0 || await Deno.stat(`${killed}/checkpoint.safetensors`).then(() => true, () => false)) continue;
    // Before there was a checkpoint there is nothing to resume: the run begins anew.
    await killAt(/checkpoint\.safetensors$/, killed, ...args, "--out", killed);
  }

  const { code, stderr } = await runTask("train", ...args, "--out", killed, "--resume");
  assertEquals(code, 0, stderr);
  assertEquals(await readLosses(`${killed}/loss.jsonl`), await readLosses(`${whole}/loss.jsonl`));
  for (const name of ["checkpoint.safetensors", "diffusion_pytorch_model.safetensors"]) {
    assertEquals(await Deno.readFile(`${killed}/${name}`), await Deno.readFile(`${whole}/${name}`), name);
  }
  assertEquals((await namesIn(killed)).filter((name) => name.includes("tmp")), []);
});

Deno.test("a run goes on with its own settings, and says which of those that are given are others", async () => {
  await using folder = await temporaryFolder();
  const data = await ownPictures(folder.path);
  const out = join(folder.path, "run");
  const train = ["mnist-denoiser", "--data", data, "--previews", "none", "--out", out];
  const begun = ["--learning-rate", "0.002", ...small, "--shares", "2", "--max-steps", "1"];
  assertEquals((await runTask("train", ...train, ...begun)).code, 0);
  const cases: [string[], RegExp][] = [
    [["--width", "8"], /width: 8 where 4 is expected \(with .*\)/],
    [["--seed", "4"], /seed: 4 where 3 is expected \(with .*\)/],
    [["--learning-rate", "0.1"], /learning-rate: 0\.1 where 0\.002 is expected \(with .*\)/],
    [["--microbatches", "4"], /microbatches: 4 where 2 is expected \(with .*\)/],
    [["--shares", "4"], /microbatches: 4 where 2 is expected \(with .*\)/],
    [["--shares", "2", "--microbatches", "2"], /shares: given beside microbatches, .* is expected/],
    [["--batch", "9"], /batch: 9 where 8 is expected \(with .*\)/],
    [["--epochs", "3"], /epochs: 3 where 2 is expected \(with .*\)/],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr } = await runTask("train", ...train, "--resume", ...args);
    assertEquals(code, 1);
    assertMatch(stderr.replace(/^skipped: .*\n/gm, ""), new RegExp(`^error: ${expected.source}\n$`));
  }
  const { code, stderr } = await runTask("train", ...train, "--resume");
  assertEquals(code, 0, stderr);
  assertEquals((await readLosses(`${out}/loss.jsonl`)).length, 4);
});

Deno.test("a training that diverges ends with one line and exit status 1", async () => {
  await using folder = await temporaryFolder();
  const data = await ownPictures(folder.path);
  const out = join(folder.path, "run");
  const options = [...small, "--epochs", "100", "--learning-rate", "1", "--previews", "none"];
  const { code, stderr } = await runTask("train", "mnist-class", "--data", data, "--out", out, ...options);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^error: .* \(the training has diverged and stops; .* holds step \d+, the last good one\)\n$/m,
  );
  for (const tensor of ["parameters", "average", "m", "v", "buffers", "bufferAverage"]) {
    const file = await SafetensorsFile.open(join(out, "checkpoint.safetensors"));
    assert((await file.read(tensor)).data.every(Number.isFinite), tensor);
  }
});

Deno.test("train refuses what it cannot do, with one line", async () => {
  await using folder = await temporaryFolder();
  const out = ["--out", join(folder.path, "run")];
  const cases: [string[], string][] = [
    [["mnist-foo"], 'recipe: "mnist-foo" where one of mnist-denoiser, mnist-time, mnist-class'],
    [["mnist-time", "--epochs", "0"], 'epochs: "0" where a whole number from 1'],
    ...["-1", "0", "NaN", "1e30", "1e308", "1e999", "1e-300"].map((rate): [string[], string] => [
      ["mnist-time", `--learning-rate=${rate}`],
      `learning-rate: "${rate}" where a number from 1e-10 to 1 is expected`,
    ]),
    [["mnist-time", "--batch", "60001"], "batch: 60001 where at most the 60000 pictures"],
    [["mnist-time", "--previews", "often"], 'previews: "often"'],
    [["mnist-time", "--resume"], "resume: "],
    [["mnist-time", "--from", join(folder.path, "none")], "from: "],
    [["mnist-time", "--data", join(folder.path, "none")], "data: "],
    [["mnist-time", "--device", "tpu"], 'device: "tpu"'],
  ];
  for (const [args, expected] of cases) {
    assertStringIncludes(await refuse("train", ...args, ...out), expected);
  }
  assertEquals(await namesIn(folder.path), []);
});
