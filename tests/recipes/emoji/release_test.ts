import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { decodeImage } from "../../../lib/image.ts";
import { parseCard } from "../../../lib/models/card.ts";
import { readVocabulary } from "../../../lib/models/vocabulary.ts";
import { evaluateEnlarging } from "../../../recipes/emoji/evaluate_enlarging.ts";
import { releaseCard } from "../../../recipes/emoji/release_card.ts";
import { emojiI } from "../../../recipes/emoji/stage_one.ts";
import { releaseModel } from "../../../recipes/release_model.ts";
import { train } from "../../../recipes/train.ts";
import { refuse, succeed } from "../../cli/task.ts";
import { writeTextToImage } from "../../models/text_to_image_folder.ts";

const folder = await Deno.makeTempDir();
const data = `${folder}/emoji`;
const names = "rocket ship,skull,cat,pencil";
const made = succeed("data", "emoji", "--names", names, "--sizes", "16,32", "--out", data);

Deno.test("a release of stage I: what it knows, the report's prompts, and a card with styles and licences", async () => {
  await made;
  const [run, out] = [`${folder}/run`, `${folder}/emoji-I`];
  const settings = { epochs: 3, batch: 8, microbatches: 2, learningRate: 1e-3, width: 16, size: 16 };
  const recipe = { ...emojiI, writeEvery: 1 };
  const set = await recipe.load({ names: names.split(","), size: 16 });
  for await (
    const _ of train({
      recipe,
      settings,
      data: set,
      seed: 0,
      out: run,
      maxSteps: 2 * Math.floor(set.count / 8),
    })
  );
  const options = {
    run,
    out,
    date: "2026-01-31",
    commit: "abc1234",
    measure: () => Promise.resolve([{ command: "deno task evaluate emoji-I", result: { nameTop5: 0.75 } }]),
    card: (facts: Parameters<typeof releaseCard>[0]) =>
      releaseCard(facts, { out, data, threads: 1, history: "Trained in a test." }),
  };
  await assertRejects(() => releaseModel(options), RangeError, "of a finished run are expected");
  await assertRejects(() => releaseModel({ ...options, epoch: 3 }), RangeError, "up to epoch 3 are expected");
  await releaseModel({ ...options, epoch: 2 });

  const card = await Deno.readTextFile(`${out}/README.md`);
  for (
    const text of [
      "The first stage of the cascade",
      "of 4 names in 16 styles",
      "of 3 that were planned",
      "Trained in a test.",
      "| nameTop5 | 0.75 |",
      '"a lithograph of ..."',
      "@iconify-json/fluent-emoji-high-contrast@1.2.6, @iconify-json/emojione-monotone@1.2.1",
      "- twemoji: Twitter, Inc. and other contributors, CC-BY-4.0",
      'filling the square: "an oil painting of ..."',
      "- ph: Phosphor Icons, MIT",
      'drawn as "a drawing of" or, more rarely, "a 3d render of"',
      "From left to right: a rocket ship; a man wearing a hat",
    ]
  ) {
    assertStringIncludes(card, text);
  }
  assertEquals(parseCard(card).licence, "cc-by-4.0");
  assertStringIncludes(parseCard(card).summary ?? "", "draws texts at 16 x 16");
  const vocabulary = await readVocabulary(out);
  assertEquals(vocabulary?.names.map(({ name }) => name), names.split(","));
  const { shape } = await decodeImage(await Deno.readFile(`${out}/samples.png`));
  assert(shape[1] >= 4 * 128 && shape[2] >= 9 * 128, `${shape}`);
});

Deno.test("evaluate of a second stage: decibels beside those of interpolation", async () => {
  await made;
  await Deno.mkdir(`${folder}/second`);
  const path = await writeTextToImage(`${folder}/second`, "II");
  const options = { count: 2, steps: 2, threads: 1 };
  const found = await evaluateEnlarging(path, options);
  assertEquals([found.images, found.steps, found.guidance], [2, 2, 1]);
  assert(found.ground >= 0 && found.ground < 0.5 && found.sharpness > 1, JSON.stringify(found));
  // A network with random weights is worse than interpolation, which is no noise either.
  assert(found.psnr < found.psnrBilinear, `${found.psnr} ${found.psnrBilinear}`);
  assert(found.psnrBilinear > 5 && found.psnrBilinear < 40, `${found.psnrBilinear}`);
  assertEquals(await evaluateEnlarging(path, options), found);
  const line = await succeed("evaluate", path, "--count", "1", "--steps", "1", "--json");
  assertEquals(JSON.parse(line).images, 1);
  assertStringIncludes(
    await refuse("evaluate", path, "--variance", "fixed_small"),
    'variance: "fixed_small" where none',
  );
});
