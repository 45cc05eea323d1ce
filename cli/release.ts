/** `deno task release RUN`: turns a run into a model that ships, evaluated and with a card. */
import type { GenerationChoices } from "../lib/generation/mod.ts";
import { findModel } from "../lib/models/mod.ts";
import { loadMnist } from "../recipes/data/mnist.ts";
import { evaluateEmoji, type EvaluateEmojiOptions } from "../recipes/emoji/evaluate_emoji.ts";
import { evaluateEnlarging } from "../recipes/emoji/evaluate_enlarging.ts";
import { releaseCard } from "../recipes/emoji/release_card.ts";
import { evaluate, type Evaluation } from "../recipes/evaluate.ts";
import { evaluateCascade } from "../recipes/measures/evaluate_cascade.ts";
import { findRecipe } from "../recipes/mod.ts";
import { releaseModel } from "../recipes/release_model.ts";
import { loadHeader } from "../recipes/run_state.ts";
import { averageBounds } from "../recipes/settings.ts";
import { runTask } from "./errors.ts";
import { digestsFile, digestsOfModels } from "./models/published_digests.ts";
import { createCommand, numberWithin, wholeNumber } from "./options.ts";

/** Options of `deno task evaluate` for a card's figures. */
type Flags = Pick<EvaluateEmojiOptions, "steps" | "sampler" | "count" | "guidance" | "variance">;

/** Options of a digits' evaluation. */
type DigitFlags = Pick<GenerationChoices, "steps" | "sampler" | "count">;

/** The evaluations of a card, by recipe: arguments of `deno task evaluate`. */
const evaluations: Readonly<Record<string, readonly Flags[]>> = {
  "mnist-class": [{}, { sampler: "ddim" }, { steps: 300, sampler: "ddpm" }],
  "mnist-time": [{}, { steps: 300, sampler: "ddpm", count: 10 }],
  "emoji-I": [{}, { guidance: 5 }, { guidance: 1 }, { variance: "fixed_small" }],
};

/** How many samples of the cascade a card's figures are based on. */
const CASCADE_SAMPLES = 120;

/** The other stage of each stage. */
const partners: Readonly<Record<string, string>> = { "emoji-I": "emoji-II", "emoji-II": "emoji-I" };

/** The commit that is checked out: not necessarily the one that trained, which `--commit` gives. */
async function currentCommit(): Promise<string> {
  const { stdout } = await new Deno.Command("git", { args: ["rev-parse", "--short", "HEAD"] }).output();
  return new TextDecoder().decode(stdout).trim();
}

interface Options {
  readonly out?: string;
  readonly commit?: string;
  readonly epoch?: number;
  readonly average?: number;
  readonly history?: string;
  readonly data?: string;
  readonly threads?: number;
}

/** Measures a model as `deno task evaluate` does. */
async function measureOnce(
  recipe: string,
  model: string,
  flags: Flags,
  { data, threads }: Options,
  signal: AbortSignal,
): Promise<Evaluation> {
  if (recipe === "emoji-I") {
    const found = await evaluateEmoji(model, { ...flags, data, threads, signal });
    return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Evaluation;
  }
  if (recipe === "emoji-II") return await evaluateEnlarging(model, { threads, signal });
  const { count: perClass, ...rest }: DigitFlags = flags;
  return await evaluate(model, { ...rest, perClass, test: await loadMnist("test"), threads, signal });
}

async function run(folder: string, options: Options, signal: AbortSignal): Promise<void> {
  const { identity } = await loadHeader(`${folder}/checkpoint.safetensors`);
  const { name } = findRecipe(identity.recipe);
  const { out = `models/${name}`, commit, epoch, average, history, data, threads } = options;
  const partner = partners[name];
  const other = partner && await findModel(partner).catch(() => undefined);
  await releaseModel({
    run: folder,
    out,
    epoch,
    sigmaRel: average,
    date: new Date().toISOString().slice(0, 10),
    commit: commit ?? await currentCommit(),
    ...(partner && { card: (facts) => releaseCard(facts, { out, data, other, history, threads, signal }) }),
    measure: async (model) => {
      const results = [];
      for (const flags of evaluations[name] ?? [{}]) {
        const text = Object.entries(flags).map(([flag, value]) => ` --${flag} ${value}`).join("");
        const result = await measureOnce(name, model, flags, options, signal);
        console.error(`${name}${text}: ${JSON.stringify(result)}`);
        results.push({ command: `deno task evaluate ${name}${text}`, result });
      }
      if (other) {
        const stages = name === "emoji-II" ? [other, model] as const : [model, other] as const;
        const cascade = { count: CASCADE_SAMPLES, data, threads, signal };
        const command = `deno task evaluate emoji-I --cascade emoji-II --count ${CASCADE_SAMPLES}`;
        results.push({ command, result: await evaluateCascade(...stages, cascade) as Evaluation });
      }
      return results;
    },
  });
  if (out === `models/${name}`) await Deno.writeTextFile(digestsFile, await digestsOfModels());
  console.log(out);
}

await runTask(async (signal) => {
  await createCommand("release", "Turns a run into a model in models/, evaluated and with a model card.")
    .argument("<run>", "the run's folder")
    .option("--out <folder>", "folder for the model (default: models/RECIPE)")
    .option(
      "--commit <commit>",
      "commit of the code that trained it (default: the one checked out)",
    )
    .option(
      "--epoch <n>",
      "epoch to take the weights from; the run need not be finished (default: the last)",
      wholeNumber("epoch", 1, 1e9),
    )
    .option(
      "--average <width>",
      "relative width of the weights' average, for a run with snapshots (default: the run's own average)",
      numberWithin("average", averageBounds.min, averageBounds.max),
    )
    .option("--history <text>", "emoji: earlier training of the weights, for the model card")
    .option("--data <folder>", "emoji: the data set (default: where deno task data writes it)")
    .option("--threads <n>", "CPU threads (default: one per core)", wholeNumber("threads", 1, 1024))
    .action((folder: string, options: Options) => run(folder, options, signal))
    .parseAsync(Deno.args, { from: "user" });
});
