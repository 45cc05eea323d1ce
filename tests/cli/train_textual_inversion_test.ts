import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { readLearnedToken } from "../../lib/checkpoints/learned_token.ts";
import { writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { decodeImage, readPngText } from "../../lib/image.ts";
import { temporaryFolder } from "../models/checkpoints.ts";
import { writeTextToImage } from "../models/text_to_image_folder.ts";
import { writePictures } from "../recipes/tuning/tiny_tuning.ts";
import { namesIn, refuse, runTask, succeed } from "./task.ts";

const FILE = "learned_embeds.safetensors";

Deno.test("train textual-inversion learns a word, resumes, and sample draws with it, again too", async () => {
  await using folder = await temporaryFolder();
  const at = (...names: string[]) => join(folder.path, ...names);
  const model = await writeTextToImage(at("model"), "I");
  const data = await writePictures(at("cats"), 3);
  const out = at("run");
  const options = ["--model", model, "--data", data, "--out", out, "--threads", "1"];
  const words = ["--token", "<mine>", "--initializer", "a cat", "--prompt", "a photo of <mine>, asleep"];
  const first = await runTask(
    "train",
    "textual-inversion",
    ...[...options, ...words, "--vectors", "2", "--steps", "5", "--max-steps", "2"],
  );
  assertEquals(first.code, 0, first.stderr);
  assertStringIncludes(first.stdout, "--resume goes on from the checkpoint");
  // The words are the run's.
  const second = await runTask("train", "textual-inversion", ...options, "--resume");
  assertEquals(second.code, 0, second.stderr);
  assertStringIncludes(second.stdout, `${out}/${FILE} holds <mine>; deno task sample`);
  const { token, rows } = await readLearnedToken(out);
  assertEquals([token, rows.shape], ["<mine>", [2, 48]]);

  const width = { data: new Float32Array(48).fill(0.5), shape: [48] };
  await writeSafetensors(at("other.safetensors"), { "<other>": width });
  const few = ["--model", model, "--steps", "2", "--seed", "1", "--count", "1"];
  const draw = ["a photo of <mine> beside <other>", ...few, "--out", at("drawn"), "--json"];
  const plain = JSON.parse(await succeed("sample", ...draw));
  const embeddings = ["--embedding", out, "--embedding", at("other.safetensors")];
  const run = await runTask("sample", ...draw, ...embeddings);
  assertEquals(run.code, 0, run.stderr);
  assertEquals(run.stderr.includes("no prompt has"), false);
  const one = JSON.parse(run.stdout);
  assertEquals(one.parameters.learnedTokens.map(({ path }: { path: string }) => path), [
    out,
    at("other.safetensors"),
  ]);
  const bytes = await Deno.readFile(one.images[0]);
  assert(String(bytes) !== String(await Deno.readFile(plain.images[0])));
  assertEquals(JSON.parse(readPngText(bytes).denoise).learnedTokens, one.parameters.learnedTokens);
  const again = JSON.parse(await succeed("sample", "--again", one.images[0], "--out", at("again"), "--json"));
  assertEquals(await Deno.readFile(again.images[0]), bytes);
  assertMatch(
    await refuse("sample", "--again", one.images[0], "--embedding", out, "--out", at("other")),
    /^again: --embedding is another one .* is expected \(by which the image was generated\)$/,
  );
  // Prompts that were encoded with it before draw the same.
  const encoded = at("prompts.safetensors");
  await succeed("models", "encode", draw[0], "--model", model, "--out", encoded, ...embeddings);
  const before = ["--embeddings", encoded, ...few, "--out", at("before"), "--json"];
  const [image] = JSON.parse(await succeed("sample", ...before)).images;
  assertEquals((await decodeImage(await Deno.readFile(image))).data, (await decodeImage(bytes)).data);
  assertStringIncludes(
    await refuse("sample", ...before, "--embedding", out),
    `embedding: "${out}" where none beside --embeddings is expected`,
  );
  const idle = await runTask("sample", "a photo", ...few, "--out", at("idle"), ...embeddings);
  assertEquals(idle.code, 0, idle.stderr);
  assertStringIncludes(idle.stderr, 'note: no prompt has "<mine>", "<other>"');
});

Deno.test("a model says which words it does not know, and a learned token is none of them", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "token.safetensors");
  await writeSafetensors(file, { "<mine>": { data: new Float32Array(128).fill(0.1), shape: [1, 128] } });
  const draw = ["a zebu beside <mine>", "--model", "emoji-I", "--upscale", "none", "--steps", "1"];
  const { code, stderr } = await runTask(
    "sample",
    ...[...draw, "--seed", "1", "--count", "1", "--embedding", file, "--out", folder.path],
  );
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /emoji-I does not know "zebu"/);
  assertEquals(stderr.includes("mine"), false);
});

Deno.test("wrong input is one line that names the option, and nothing is written", async () => {
  await using folder = await temporaryFolder();
  const at = (...names: string[]) => join(folder.path, ...names);
  const model = await writeTextToImage(at("model"), "I");
  const data = await writePictures(at("cats"), 2);
  const all = ["--model", model, "--data", data, "--out", at("run")];
  const words = ["--token", "<mine>", "--initializer", "cat", "--prompt", "a photo of <mine>"];
  const cases: [string[], string][] = [
    [[...all, ...words.slice(2)], 'token: none where a word of at most 64 characters, such as "<my-cat>",'],
    [[...all, ...words, "--token", "two words"], 'token: "two words" where a word'],
    [[...all, ...words.slice(0, 2), ...words.slice(4)], "initializer: none where the word or words"],
    [[...all, ...words, "--initializer", "<b></b>"], 'initializer: "<b></b>" where a word'],
    [[...all, ...words.slice(0, 4)], "prompt: none where a text"],
    [[...all, ...words, "--prompt", "a cat"], 'prompt: "a cat" where a text with "<mine>" in it is expected'],
    [[...all, ...words, "--vectors", "0"], 'vectors: "0" where a whole number from 1 to 64 is expected'],
    [[...all, ...words, "--vectors", "30"], 'prompt: "a photo of <mine>" where a text with "<mine>" in it'],
    [[...all.slice(0, 2), ...all.slice(4), ...words], "data: none where a folder with pictures"],
    [[...all, ...words, "--batch", "3"], "batch: 3 where at most the 2 pictures of the data are expected"],
  ];
  for (const [args, line] of cases) {
    const found = await refuse("train", "textual-inversion", ...args);
    assertStringIncludes(found, line.replace(/,$/, ""), args.join(" "));
  }
  assertEquals(await namesIn(at("run")), []);

  const draw = ["a <mine>", "--model", model, "--steps", "1", "--out", at("drawn")];
  const rows = (...shape: number[]) => ({ data: new Float32Array(shape.reduce((a, b) => a * b)), shape });
  const wrong: [Record<string, ReturnType<typeof rows>>, string][] = [
    [{ "<mine>": rows(1, 48), "<other>": rows(1, 48) }, "2 tensors where one is expected"],
    [{ "two words": rows(1, 48) }, 'tensor "two words" where the name is expected to be a word'],
    [{ "<mine>": rows(1, 1, 48) }, "shape [1,1,48] where [n, width] or [width] is expected"],
    [{ "<mine>": { ...rows(48), data: new Float32Array(48).fill(NaN) } }, "holds NaN"],
    [{ "<mine>": rows(40) }, 'embedding: "<mine>" of'],
  ];
  for (const [tensors, line] of wrong) {
    await writeSafetensors(at("wrong.safetensors"), tensors);
    assertStringIncludes(await refuse("sample", ...draw, "--embedding", at("wrong.safetensors")), line);
  }
  assertStringIncludes(
    await refuse("sample", ...draw, "--embedding", at("nowhere.safetensors")),
    `embedding: "${at("nowhere.safetensors")}" where a learned token's safetensors file`,
  );
  assertStringIncludes(await refuse("sample", ...draw, "--embedding", data), `a folder without ${FILE}`);
  await writeSafetensors(at("right.safetensors"), { "<mine>": rows(48) });
  const right = ["--embedding", at("right.safetensors")];
  assertStringIncludes(
    await refuse("sample", ...draw, ...right, ...right),
    'embedding: "<mine>" twice where different words',
  );
  assertStringIncludes(await refuse("sample", "7", ...right), "embedding");
  assertEquals(await namesIn(at("drawn")), []);
});
