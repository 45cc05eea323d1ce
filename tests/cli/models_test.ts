import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { listModels } from "../../lib/models/load.ts";
import {
  temporaryFolder,
  unetConfig,
  unetWeights,
  writeModel,
  writePipeline,
} from "../models/checkpoints.ts";
import { refuse, runTask, succeed } from "./task.ts";

Deno.test("models list names the models that ship", async () => {
  const names = await listModels();
  const text = await succeed("models", "list");
  for (const name of names) assertStringIncludes(text, name);
  const models: { name: string }[] = JSON.parse(await succeed("models", "list", "--json"));
  assertEquals(models.map(({ name }) => name), names);
});

Deno.test("models info tells size, parameters, licence and cost", async () => {
  await using folder = await temporaryFolder();
  const model = await writePipeline(folder.path, 10);
  await Deno.writeTextFile(join(model, "README.md"), "---\nlicense: mit\n---\n\n# Digits\n\nDraws digits.\n");
  const text = await succeed("models", "info", model);
  for (const line of [/^kind +diffusion, conditioned on 10 classes$/m, /^parameters +\d\d,\d{3}$/m]) {
    assertMatch(text, line);
  }
  assertMatch(text, /^size +\d+\.\d kB$/m);
  assertMatch(text, /^licence +mit$/m);
  assertMatch(text, /^cost +0.00\d+ GFLOP per image and forward pass/m);
  assertMatch(text, /^summary +Draws digits.$/m);
  assertEquals(JSON.parse(await succeed("models", "info", model, "--json")).licence, "mit");
});

Deno.test("models refuses what it does not know", async () => {
  await using folder = await temporaryFolder();
  assertMatch(await refuse("models", "info", "mnist"), /^model: "mnist" where /);
  assertMatch(await refuse("models", "info"), /^missing required argument 'model'$/);
  assertMatch(await refuse("models", "remove"), /^unknown command 'remove'$/);
  assertEquals(
    await refuse("models"),
    "command: none where list, info, pull, encode, quantize, merge, vocabulary or doctor is expected",
  );
  const model = await writeModel(folder.path, { ...unetConfig(), hidden_width: 4 }, unetWeights());
  assertMatch(await refuse("models", "info", model), /tensor "inp.a.conv.weight": shape \[8,1,3,3\] where/);
});

Deno.test("models doctor says which devices work, and why others do not", async () => {
  // WebGPU's library may print a warning of its own.
  const { code, stdout } = await runTask("models", "doctor", "--json");
  assertEquals(code, 0);
  const findings: { device: string; works: boolean; reason: string; advice: string }[] = JSON.parse(stdout);
  assertEquals(findings.map(({ device }) => device), ["cpu", "cuda", "webgpu"]);
  assertEquals(findings[0], { device: "cpu", works: true, reason: "", advice: "" });
  for (const { works, reason } of findings) assertEquals(works, reason === "");
  const [, cuda] = findings;
  if (!cuda.works) assertMatch(cuda.advice, /install:cuda installs|^not found: lib|nvidia-smi|^CUDA is for/);
});
