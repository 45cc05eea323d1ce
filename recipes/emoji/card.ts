/** The cards of the cascade's stages: how they were made, what a word of style means, how good they are, whose pictures they saw. */
import { genericCaptions } from "../data/emoji/captions.ts";
import type { EmojiEntry, EmojiStyle } from "../data/emoji/mod.ts";
import { packages } from "../data/emoji/packages.ts";
import type { CardFacts } from "../model_card.ts";
import { averageText, epochTable, evaluationTable, optimizerText, scheduleText } from "../model_card.ts";
import { SAMPLE_SEEDS, samplePrompts } from "./samples.ts";

/** What a stage's card contains besides the common parts. */
export interface EmojiCardFacts extends CardFacts {
  /** The last epoch that the weights have seen. */
  readonly epoch: number;
  /** The styles of the data. */
  readonly styles: readonly EmojiStyle[];
  /** How many names the data have. */
  readonly names: number;
  /** The pictures of the data. */
  readonly entries: readonly EmojiEntry[];
  /** The file with the report's prompts beside the card. */
  readonly samples?: string;
  /** The history of the weights; a paragraph. */
  readonly history?: string;
}

/** Writes a card in Markdown, with the header that model hubs read. */
export function emojiCard(facts: EmojiCardFacts): string {
  const { recipe, run, losses, evaluations, pictures, date, commit, epoch, names, entries, history } = facts;
  const pairs = new Set(
    entries.filter(({ heldOut }) => heldOut === "pair").map(({ name, style }) => `${name} ${style}`),
  ).size;
  const single = entries.filter(({ heldOut }) => heldOut === "picture").length;
  const used = packages.filter((one) =>
    facts.styles.some((style) => style.packages.some((name) => idOf(name) === one.id))
  );
  const { epochs, batch, learningRate, width, size } = run.settings;
  const enlarges = recipe.name === "emoji-II";
  const planned = epoch < epochs ? `, of ${epochs} that were planned` : "";
  const use = enlarges
    ? `deno task sample "a rocket ship" --model emoji-I --upscale emoji-II`
    : `deno task sample "a rocket ship" --model emoji-I`;
  return `---
license: cc-by-4.0
library_name: denoise
pipeline_tag: text-to-image
tags: [emoji, deepfloyd-if]
---

# ${recipe.name}

The ${enlarges ? "second" : "first"} stage of the cascade in DeepFloyd IF's layout, ${
    enlarges ? `which enlarges pictures to ${size} x ${size}` : `which draws texts at ${size} x ${size}`
  }, base width ${width}, trained by this project in TypeScript: \`deno task train ${recipe.name}\`.

\`\`\`sh
${use}
\`\`\`
${sampleSection(facts)}
${enlarges ? enlargesWhat : drawsWhat(facts)}

## Training

| | |
| --- | --- |
| data | ${
    enlarges
      ? `scenes without end of ${run.pictures} icons; a tenth of all names, in every set, were held out`
      : `scenes without end, ${run.pictures} in an epoch, of ${names} names in ${facts.styles.length} styles: ${entries.length} icons of ${used.length} packages; ${pairs} pairs of name and style were held out, and ${single} pictures of other pairs`
  } |
| network | ${
    enlarges
      ? "UNet in IF's stage II layout; the text encoder is that of emoji-I, and stays as it is"
      : "UNet in IF's stage I layout, and a T5 v1.1 encoder that is trained with it"
  } |
| loss | velocity (v-prediction), and the variational bound for a learned range of variances |
| optimiser | ${optimizerText(run.settings)}, learning rate ${learningRate}, ${
    scheduleText(recipe, run.settings)
  }; batch ${batch} |
| epochs | ${epoch} (${losses.length} steps, ${losses.length * batch} pictures)${planned} |
| seed | ${run.seed} |
| weights | ${averageText(facts)} of epoch ${epoch}, stored as fp16 |
| date, commit | ${date}, ${commit} |
${history ? `\n${history}\n` : ""}
Every step stands in \`loss.jsonl\`. The loss on the training batches:

![loss over the epochs](loss.svg)

${epochTable(losses, 12)}

## Measured

${evaluationTable(evaluations.filter(({ command }) => !ofBothStages(command)))}

${enlarges ? enlargingMeasures : drawingMeasures}
${cascadeSection(evaluations)}${
    pictures.map(({ file, caption }) => `\n## ${caption}\n\n![${caption}](${file})\n`).join("")
  }
## What a word of style means

| caption | packages of icons |
| --- | --- |
${facts.styles.map(styleRow).join("\n")}

A prompt without a style is drawn as ${plainStyles(facts.styles)}; one that names nothing, "${
    genericCaptions[0]
  }", as any of
the things in the style of ${genericStyles(facts.styles)}.

Scenes that no set has were put together from several icons of one set: a snowy mountain village (a mountain and houses), people
around a campfire (faces and a fire), a man wearing a hat (a face and a hat), a forest (trees), waterfalls (mountains and drops).

## Licences

The pictures that it was trained on are by their authors, under these licences, and were changed: rendered in small sizes, put
together on grounds of all kinds, moved, turned, scaled and coloured.

${used.map(attribution).join("\n")}

The weights are under CC-BY-4.0; whoever passes them on names these authors.
`;
}

function drawsWhat({ names, styles }: EmojiCardFacts): string {
  return `It draws what it has learned: ${names} things in ${styles.length} styles. \`deno task models vocabulary emoji-I\` lists
them; words beyond these are unknown to it, and \`deno task sample\` names them. It has no safety checker, and draws no people
but a few faces of icons.`;
}

const enlargesWhat =
  `It enlarges what emoji-I draws, and other flat pictures: it has learned from icons of all kinds, half of them
without a caption. It has no safety checker.`;

const drawingMeasures =
  `\`nameTop1\` and \`nameTop5\`: how often the training picture that is nearest to the drawn one, by 16 x 16
thumbnails and mirrored or not, has the prompt's name, or one of the five nearest has. \`nameTop5Heldout\`: the same of pairs of name and style that were
not trained; \`heldoutPicturesTop5\` is what the real held-out pictures reach, and \`movedPictures...\` what training pictures reach
that were moved, turned and scaled as in training: more can hardly be asked. \`style\`: how often the nearest has the prompt's style.`;

const enlargingMeasures =
  `\`psnr\`: of icons held out of training (a tenth of all names, from all sets), scaled down four times and enlarged again, in
decibels; \`psnrBilinear\` is what plain interpolation reaches. \`sharpness\`: the energy of the Laplacian over that of the
originals, 1 is as sharp. \`ground\`: of the pixels that are white in the originals, how many are white within 4 of 255.`;

/** Whether an evaluation is of what both stages draw together. */
function ofBothStages(command: string): boolean {
  return command.includes("--cascade");
}

function cascadeSection(evaluations: CardFacts["evaluations"]): string {
  const own = evaluations.filter(({ command }) => ofBothStages(command));
  if (own.length === 0) return "";
  return `
## Both stages together

${evaluationTable(own)}

${cascadeMeasures}
`;
}

const cascadeMeasures =
  `\`fid\` and \`kid\`: Fréchet and kernel distance to held-out pictures, in the features of MobileNetV2; \`precision\` and
\`recall\` by nearest neighbours in these. \`nameTop1\` and \`styleTop1\`: how often a classifier that no generator has seen reads the
prompt's name and style; \`HeldOut\` of pairs that were not trained. \`sharpness\`: the energy of the Laplacian over that of
held-out pictures. \`ground\`: how much of the ground is white within 4 of 255. \`copies\`: the distance to the nearest training
picture over that of held-out pictures. \`diversity\`: the mean distance of 16 seeds of a name over that of its real pictures.
\`anagrams\`, \`hybrids\` and \`bothThings\` (prompts of two things that are never together in training): how often both
are read. \`real...\` is what held-out pictures reach.`;

function sampleSection({ samples }: EmojiCardFacts): string {
  if (!samples) return "";
  return `
![${samplePrompts.join("; ")}](${samples})

From left to right: ${samplePrompts.join("; ")}. A row for each of the seeds 0 to ${
    SAMPLE_SEEDS - 1
  }, steps and
guidance by default. None was chosen.
`;
}

function styleRow({ phrases, bleed, packages: names }: EmojiStyle): string {
  const quoted = (list: readonly string[]) => list.map((phrase) => `"${phrase} ..."`).join(", ");
  const filling = bleed.length > 0 ? `; filling the square: ${quoted(bleed)}` : "";
  return `| ${quoted(phrases)}${filling} | ${names.join(", ")} |`;
}

/** The package of a name with its version. */
function idOf(name: string): string {
  return /^@iconify-json\/(.+)@/.exec(name)?.[1] ?? name;
}

function plainStyles(styles: readonly EmojiStyle[]): string {
  const plain = styles.filter(({ plain }) => plain > 0).sort((a, b) => b.plain - a.plain);
  return plain.map(({ phrases }) => `"${phrases[0]}"`).join(" or, more rarely, ") || "any of them";
}

function genericStyles(styles: readonly EmojiStyle[]): string {
  const generic = styles.filter(({ generic }) => generic > 0);
  return generic.map(({ bleed, phrases }) => `"${bleed[0] ?? phrases[0]}"`).join(" or ") || "any of them";
}

function attribution({ id, author, licence }: { id: string; author: string; licence: string }): string {
  return `- ${id}: ${author}, ${licence}`;
}
