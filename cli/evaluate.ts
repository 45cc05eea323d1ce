/** `deno task evaluate MODEL`: how good a model is, in numbers. */
import { ArgumentError, described } from "../lib/errors.ts";
import { type GenerationChoices, generationFields } from "../lib/generation/mod.ts";
import { loadMnist } from "../recipes/data/mnist.ts";
import { evaluateEmoji } from "../recipes/emoji/evaluate_emoji.ts";
import { evaluateEnlarging } from "../recipes/emoji/evaluate_enlarging.ts";
import { evaluate } from "../recipes/evaluate.ts";
import { evaluateCascade } from "../recipes/measures/evaluate_cascade.ts";
import { runTask } from "./errors.ts";
import { addFieldOption } from "./field_option.ts";
import { openModelToRun } from "./models/find_model.ts";
import { addDeviceOptions, createCommand, type DeviceOptions, integer, oneOf } from "./options.ts";
import { showProgress } from "./progress.ts";

interface Options extends DeviceOptions, Pick<GenerationChoices, "steps" | "sampler" | "guidance" | "count"> {
  readonly cascade?: string;
  readonly seed: number;
  readonly classifier?: string;
  readonly variance?: typeof variances[number];
  readonly data?: string;
  readonly json?: true;
}

const variances = ["learned_range", "fixed_small", "fixed_large"] as const;

/** Options shared with generations, with the defaults that apply here. */
const { steps, sampler, guidance, count } = generationFields;
const sampling = {
  steps: { ...steps, usual: "the model's own, or 20" },
  sampler: { ...sampler, usual: "the model's own, of digits dpm-solver++" },
  guidance: { ...guidance, usual: "5 of digits, the model's own of texts" },
  count: {
    ...count,
    max: 10_000,
    help:
      "samples of each class (default: 30), prompts (default: 200; with --cascade a few others beside them), or " +
      "images to upscale (default: all held-out ones)",
    usual: undefined,
  },
};

const command = createCommand(
  "evaluate",
  "Evaluates a model. Digits: accuracy of samples, error or accuracy on the test set. Text to image: how often the nearest " +
    "training images have the right subject and style. Super-resolution: PSNR on held-out images. " +
    "With --cascade, how the images of both stages compare with held-out ones.",
)
  .argument("<model>", "a model's name or folder")
  .option("--cascade <model>", "text to image: the super-resolution model, to measure both stages together");
for (const [name, field] of Object.entries(sampling)) {
  addFieldOption(command, name, field, { placeholder: name === "guidance" ? "scale" : undefined });
}
addDeviceOptions(
  command
    .option("--seed <n>", "seed of the noise", integer("seed"), 0)
    .option("--classifier <model>", "model that classifies digits (default: mnist-classifier)")
    .option(
      "--variance <name>",
      `text to image by ddpm: variance of a step: ${variances.join(", ")}`,
      oneOf("variance", variances),
    )
    .option("--data <folder>", "text to image: the data set (default: where deno task data writes it)")
    .option("--json", "print one line of JSON"),
);

/** Refuses options that are for models of another kind. */
function assertNone(options: Options, names: readonly (keyof Options)[], model: string): void {
  const name = names.find((name) => options[name] !== undefined);
  if (name) throw new ArgumentError(name, options[name], "none", { note: `for ${model}` });
}

/** Refuses a model that is not a super-resolution model. */
async function assertEnlarges(model: string): Promise<void> {
  const { kind } = await openModelToRun(model);
  if (kind !== "super-resolution") {
    throw new ArgumentError(
      "cascade",
      described(`${model}, of the kind ${kind}`),
      "a super-resolution model",
    );
  }
}

async function run(model: string, options: Options, signal: AbortSignal): Promise<void> {
  const { json, cascade, count, classifier, variance, data, ...rest } = options;
  const { kind } = await openModelToRun(model);
  const [texts, enlarges] = [kind === "text-to-image", kind === "super-resolution"];
  assertNone(
    options,
    texts
      ? cascade === undefined ? ["classifier"] : ["classifier", "variance"]
      : enlarges
      ? ["classifier", "variance", "data", "cascade"]
      : ["variance", "data", "cascade"],
    model,
  );
  if (cascade !== undefined) await assertEnlarges(cascade);
  using progress = showProgress(`evaluating ${model}`, 100, "%");
  const common = {
    ...rest,
    signal,
    onFallback: (message: string) => console.error(`note: ${message}`),
    onProgress: (done: number) => progress.update(Math.round(100 * done)),
  };
  const result = cascade !== undefined
    ? await evaluateCascade(model, cascade, { ...common, count, data })
    : texts
    ? await evaluateEmoji(model, { ...common, count, variance, data })
    : enlarges
    ? await evaluateEnlarging(model, { ...common, count })
    : await evaluate(model, { ...common, perClass: count, classifier, test: await loadMnist("test") });
  progress[Symbol.dispose]();
  if (json) return console.log(JSON.stringify({ model, ...result }));
  for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(25)}${value}`);
}

await runTask(async (signal) => {
  await command
    .action((model: string, options: Options) => run(model, options, signal))
    .parseAsync(Deno.args, { from: "user" });
});
