import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { EmojiSetError, loadEmoji } from "../../../recipes/data/emoji/load.ts";
import { chooseNames } from "../../../recipes/data/emoji/names.ts";
import { styles } from "../../../recipes/data/emoji/styles.ts";
import { vocabularyOf } from "../../../recipes/data/emoji/vocabulary.ts";
import { evaluateEmoji } from "../../../recipes/emoji/evaluate_emoji.ts";
import { refuse, runTask, succeed } from "../../cli/task.ts";
import { writeTextToImage } from "../../models/text_to_image_folder.ts";

const folder = await Deno.makeTempDir();
const data = `${folder}/emoji`;
const names = "rocket ship,starry sky,skull,cat";
const made = succeed("data", "emoji", "--names", names, "--sizes", "16", "--out", data);

/** A tiny model with random weights, and the list of what it would know. */
async function model(name: string): Promise<string> {
  await made;
  await Deno.mkdir(`${folder}/${name}`);
  const path = await writeTextToImage(`${folder}/${name}`, "I");
  const vocabulary = vocabularyOf({ names: chooseNames(names.split(",")), styles });
  await Deno.writeTextFile(`${path}/vocabulary.json`, JSON.stringify(vocabulary));
  return path;
}

Deno.test("evaluate emoji: shares of the prompts, the same from the same seed", async () => {
  const path = await model("shares");
  const options = { count: 5, steps: 2, data, threads: 1 };
  const done: number[] = [];
  const found = await evaluateEmoji(path, { ...options, onProgress: (share) => done.push(share) });
  for (const key of ["nameTop1", "nameTop5", "style"]) {
    const share = found[key] as number;
    assert(Number.isInteger(Math.round(share * 5e6) / 1e6) && share >= 0 && share <= 1, `${key} ${share}`);
  }
  assert(found.nameTop1 <= found.nameTop5);
  // Training pictures that are moved a little are mostly nearest to themselves.
  assert(found.movedPicturesTop1 > 0.8 && found.movedPicturesTop5 >= found.movedPicturesTop1);
  const { entries } = await loadEmoji({ size: 16, folder: data });
  const pairs = entries.filter(({ heldOut }) => heldOut === "pair").map(({ name, style }) =>
    `${name} ${style}`
  );
  assertEquals(found.heldout, new Set(pairs).size);
  assert(found.heldout > 0);
  assertEquals([found.prompts, found.steps, found.names, found.sampler], [5, 2, 4, "ddpm"]);
  assertEquals(done.at(-1), 1);
  assertEquals(await evaluateEmoji(path, options), found);
});

Deno.test("evaluate emoji: another variance or guidance is told in the result", async () => {
  const path = await model("variance");
  const options = { count: 2, steps: 2, data, threads: 1 };
  const found = await evaluateEmoji(path, { ...options, variance: "fixed_small", guidance: 1 });
  assertEquals([found.variance, found.guidance], ["fixed_small", 1]);
  assertEquals((await evaluateEmoji(path, options)).variance, "learned_range");
});

Deno.test("evaluate emoji: what is missing is named", async () => {
  const path = await model("missing");
  const none = () => evaluateEmoji(path, { data: `${folder}/none` });
  await assertRejects(none, EmojiSetError, "`deno task data emoji` makes it");
  const vocabulary = JSON.parse(await Deno.readTextFile(`${path}/vocabulary.json`));
  vocabulary.names[1].name = "zebra";
  await Deno.writeTextFile(`${path}/vocabulary.json`, JSON.stringify(vocabulary));
  await assertRejects(() => evaluateEmoji(path, { data }), RangeError, 'names: "zebra" where one of');
  vocabulary.names[1].name = "skull";
  vocabulary.styles = [{ id: "engraving", phrases: ["an engraving of"] }];
  await Deno.writeTextFile(`${path}/vocabulary.json`, JSON.stringify(vocabulary));
  await assertRejects(
    () => evaluateEmoji(path, { data }),
    RangeError,
    "where one of the styles noto, noto-v1",
  );
  await Deno.remove(`${path}/vocabulary.json`);
  await assertRejects(() => evaluateEmoji(path, { data }), RangeError, "where one with a vocabulary.json");
});

Deno.test("evaluate emoji: a model that knows fewer styles is asked for these alone", async () => {
  const path = await model("fewer");
  const vocabulary = JSON.parse(await Deno.readTextFile(`${path}/vocabulary.json`));
  vocabulary.styles = vocabulary.styles.slice(0, 8);
  await Deno.writeTextFile(`${path}/vocabulary.json`, JSON.stringify(vocabulary));
  const { entries, styles: all } = await loadEmoji({ size: 16, folder: data });
  const known = new Set(vocabulary.styles.map(({ id }: { id: string }) => id));
  const pairs = entries.filter(({ heldOut, style }) => heldOut === "pair" && known.has(all[style].id))
    .map(({ name, style }) => `${name} ${style}`);
  const found = await evaluateEmoji(path, { data, count: 1, steps: 1, threads: 1 });
  assertEquals(found.heldout, new Set(pairs).size);
});

Deno.test("the task evaluate measures a model of texts, and refuses what is for digits", async () => {
  const path = await model("task");
  const line = await succeed("evaluate", path, "--data", data, "--count", "3", "--steps", "2", "--json");
  const found = JSON.parse(line);
  for (const key of ["nameTop1", "nameTop5", "nameTop5Heldout", "style"]) {
    assertEquals(typeof found[key], "number", key);
  }
  assertStringIncludes(
    await refuse("evaluate", path, "--classifier", "mnist-classifier"),
    'classifier: "mnist-classifier" where none is expected (for',
  );
  assertStringIncludes(
    await refuse("evaluate", "mnist-class", "--variance", "fixed_small"),
    'variance: "fixed_small" where none is expected (for mnist-class)',
  );
});

Deno.test("models vocabulary lists what a model knows, finds words, and sample warns of others", async () => {
  const path = await model("vocabulary");
  const all = await succeed("models", "vocabulary", path);
  assertStringIncludes(all, "rocket ship: a rocket, a spaceship");
  assertStringIncludes(all, "a lithograph of ...");
  assertStringIncludes(all, "colours: red, orange");
  assertStringIncludes(all, "at night");
  assert((await succeed("models", "vocabulary", path, "kit")).startsWith("cat: a kitten"));
  const found = JSON.parse(await succeed("models", "vocabulary", path, "rockit", "--json"));
  assertEquals(found, { word: "rockit", names: [], styles: [], others: [], nearest: ["rocket"] });
  assertStringIncludes(await succeed("models", "vocabulary", path, "qqq"), 'does not know "qqq"');
  assertStringIncludes(
    await refuse("models", "vocabulary", "mnist-class"),
    'model: "mnist-class" where one with a vocabulary.json is expected',
  );
  const args = ["--model", path, "--steps", "1", "--count", "1", "--out", `${folder}/out`];
  const { code, stderr } = await runTask("sample", "a rockit and a cat", ...args);
  assertEquals(code, 0);
  assertStringIncludes(
    stderr,
    `note: ${path} does not know "rockit" (nearest: rocket); deno task models vocabulary`,
  );
  assert(!stderr.includes("cat"));
});
