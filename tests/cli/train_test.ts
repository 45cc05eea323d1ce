import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { encodePng } from "../../lib/image.ts";
import { Generator } from "../../lib/random.ts";
import { readLosses } from "../../recipes/loss_log.ts";
import { temporaryFolder } from "../models/checkpoints.ts";
import { namesIn, refuse, runTask, succeed } from "./task.ts";

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

Deno.test("train survives a kill: it resumes, and ends as if nothing had happened", async () => {
  await using folder = await temporaryFolder();
  const data = await ownPictures(folder.path);
  const args = ["mnist-denoiser", "--data", data, "--previews", "none", ...small, "--epochs", "40"];
  const [whole, killed] = [join(folder.path, "whole"), join(folder.path, "killed")];
  assertEquals((await runTask("train", ...args, "--out", whole)).code, 0);

  const command = [
    "run",
    "--quiet",
    "--allow-read",
    "--allow-write",
    "--allow-ffi",
    "--allow-env=IMAGESCRIPT_WASM_SIMD",
    "cli/train.ts",
    ...args,
    "--out",
    killed,
  ];
  const process = new Deno.Command("deno", {
    args: command,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  // Each epoch has a line and a checkpoint: the kill falls into the work on one of them.
  let seen = "";
  for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
    if (seen.includes("epoch 3")) continue;
    seen += text;
    if (seen.includes("epoch 3")) process.kill("SIGKILL");
  }
  assertEquals((await process.status).signal, "SIGKILL", seen);

  const { code, stderr } = await runTask("train", ...args, "--out", killed, "--resume");
  assertEquals(code, 0, stderr);
  assertEquals(await readLosses(`${killed}/loss.jsonl`), await readLosses(`${whole}/loss.jsonl`));
  for (const name of ["checkpoint.safetensors", "diffusion_pytorch_model.safetensors"]) {
    assertEquals(await Deno.readFile(`${killed}/${name}`), await Deno.readFile(`${whole}/${name}`), name);
  }
  assertEquals((await namesIn(killed)).filter((name) => name.includes("tmp")), []);
});

Deno.test("train refuses what it cannot do, with one line", async () => {
  await using folder = await temporaryFolder();
  const out = ["--out", join(folder.path, "run")];
  const cases: [string[], string][] = [
    [["mnist-foo"], 'recipe: "mnist-foo" where one of mnist-denoiser, mnist-time, mnist-class'],
    [["mnist-time", "--epochs", "0"], 'epochs: "0" where a whole number from 1'],
    [["mnist-time", "--learning-rate", "-1"], "learning-rate: "],
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
