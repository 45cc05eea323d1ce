import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { isToken, readLearnedToken } from "../../lib/checkpoints/learned_token.ts";
import { writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { temporaryFolder } from "../models/checkpoints.ts";

Deno.test("a learned token is one vector or several, in a file or its folder, in any float type", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "learned_embeds.safetensors");
  const data = Float32Array.of(1, -2, 0.5, 4);
  await writeSafetensors(path, { "<mine>": { data, shape: [4] } });
  assertEquals(await readLearnedToken(path), { path, token: "<mine>", rows: { data, shape: [1, 4] } });
  await writeSafetensors(path, { "<mine>": { data, shape: [2, 2] } }, { dtype: "F16" });
  const { token, rows } = await readLearnedToken(folder.path);
  assertEquals([token, rows], ["<mine>", { data, shape: [2, 2] }]);
});

Deno.test("what is no learned token is refused, and named", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "learned_embeds.safetensors");
  await assertRejects(
    () => readLearnedToken(folder.path),
    CheckpointError,
    "a folder without learned_embeds",
  );
  const data = Float32Array.of(1, 2, 3, 4);
  const cases: [Parameters<typeof writeSafetensors>[1], string][] = [
    [{}, "0 tensors where one is expected"],
    [{ a: { data, shape: [4] }, b: { data, shape: [4] } }, "2 tensors where one is expected"],
    [{ "a b": { data, shape: [4] } }, 'tensor "a b" where the name is expected to be a word'],
    [{ a: { data, shape: [1, 2, 2] } }, 'tensor "a": shape [1,2,2] where'],
    [{ a: { data: new Float32Array(0), shape: [0, 4] } }, 'tensor "a": shape [0,4] where'],
    [{ a: { data: data.with(1, Infinity), shape: [4] } }, "holds Infinity where finite numbers are expected"],
  ];
  for (const [tensors, message] of cases) {
    await writeSafetensors(path, tensors);
    await assertRejects(() => readLearnedToken(path), CheckpointError, message);
  }
});

Deno.test("a token is a word that can be seen", () => {
  for (const word of ["<my-cat>", "sks", "*", "猫", "<a>_1"]) assertEquals(isToken(word), true, word);
  for (const word of ["", " ", "a b", "a\n", "\u200b", "x".repeat(65)]) {
    assertEquals(isToken(word), false, word);
  }
});
