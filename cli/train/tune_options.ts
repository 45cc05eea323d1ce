/** The command lines of `deno task train lora`, `fine-tune` and `textual-inversion`. */
import type { Command } from "commander";
import { attentionProjections } from "../../lib/nn/mod.ts";
import type { RecipeSettings } from "../../recipes/recipe.ts";
import { scheduleNames, settingBounds } from "../../recipes/settings.ts";
import {
  addDeviceOptions,
  createCommand,
  type DeviceOptions,
  integer,
  oneOf,
  wholeNumber,
} from "../options.ts";
import { setting } from "./setting.ts";

/** What is trained: matrices beside the layers, or all of a network. */
export type TuningKind = "lora" | "fine-tune";

/** What the command line of any further training gives. */
export interface TuningOptions extends Partial<RecipeSettings>, DeviceOptions {
  readonly model?: string;
  readonly variant?: string;
  readonly data?: string;
  readonly steps?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly resume?: true;
  readonly maxSteps?: number;
  readonly activationCheckpointing?: true;
}

/** What the command line of training with a prior gives. */
export interface TuneOptions extends TuningOptions {
  readonly priorData?: string;
  readonly priorCount?: number;
}

/** The most steps that can be asked for. */
const MOST_STEPS = 10_000_000;

/** The most pictures of a prior that are drawn. */
const MOST_PRIOR = 10_000;

const titles = {
  "lora": "Trains a LoRA on your own images: small matrices beside a model's attention.",
  "fine-tune": "Trains all of a small model's network on your own images.",
} as const;

/** The parser of {@linkcode TuneOptions}. */
export function tuneCommand(kind: TuningKind): Command {
  const command = addModelOptions(createCommand(`train ${kind}`, titles[kind]))
    .option("--prompt <text>", 'what they show, such as "a photo of sks cat"')
    .option("--prior-prompt <text>", 'what the model should not forget, such as "a photo of a cat"')
    .option("--prior-data <folder>", "images of that (default: the model draws them into OUT/prior)")
    .option(
      "--prior-count <n>",
      "how many it draws (default: 100)",
      wholeNumber("prior-count", 1, MOST_PRIOR),
    )
    .option("--prior-weight <number>", "how much they count (default: 1)", setting("priorWeight"));
  if (kind === "lora") {
    command
      .option("--rank <n>", "rank of the matrices (default: 4)", setting("rank"))
      .option(
        "--alpha <number>",
        "their product counts by alpha / rank (default: the rank)",
        setting("alpha"),
      )
      .option(
        "--targets <list>",
        `the layers, by the ends of their paths (default: ${attentionProjections.join(",")})`,
      );
  }
  return addRunOptions(command, kind, {
    beside: ", beside as many of the prior",
    rate: kind === "lora" ? "1e-4" : "1e-5",
  });
}

/** The parser of {@linkcode TuningOptions} for a token that is learned. */
export function textualInversionCommand(): Command {
  const command = addModelOptions(createCommand(
    "train textual-inversion",
    "Learns a new word for your own images (textual inversion): vectors for the text encoder; the model stays as it is.",
  ));
  command
    .option("--token <word>", 'the new word, such as "<my-cat>"')
    .option("--initializer <text>", 'the known word or words that it begins as, such as "cat"')
    .option("--prompt <text>", 'what your images show, with the word in it, such as "a photo of <my-cat>"')
    .option("--vectors <n>", "how many vectors the word stands for (default: 1)", setting("vectors"));
  return addRunOptions(command, "textual-inversion", { beside: "", rate: "1e-2" });
}

function addModelOptions(command: Command): Command {
  return command
    .option("--model <model>", "the model: its name or folder; one that draws texts, or enlarges")
    .option("--data <folder>", "your own images; skipped files are listed");
}

/** The options of a run. */
function addRunOptions(
  command: Command,
  kind: string,
  { beside, rate }: { readonly beside: string; readonly rate: string },
): Command {
  command
    .option(
      "--steps <n>",
      "steps, rounded up to whole times through the images (default: 500)",
      wholeNumber("steps", 1, MOST_STEPS),
    )
    .option(
      "--batch <n>",
      `images in a step${beside} (default: 1)`,
      wholeNumber("batch", 1, settingBounds.batch.max),
    )
    .option(
      "--microbatches <n>",
      "parts that a batch is split into, computed in parallel",
      setting("microbatches"),
    )
    .option(
      "--learning-rate <rate>",
      `the highest learning rate (default: ${rate})`,
      setting("learningRate"),
    )
    .option(
      "--learning-rate-schedule <name>",
      `how it goes: ${scheduleNames.join(", ")} (default: cosine)`,
      oneOf("learning-rate-schedule", scheduleNames),
    )
    .option(
      "--warmup-steps <n>",
      "steps over which it rises to its height (default: the schedule's)",
      setting("warmupSteps"),
    )
    .option(
      "--average-decay <number>",
      "decay of the weights' moving average, which is what is written (default: 0, none)",
      setting("averageDecay"),
    )
    .option("--size <n>", "height and width of images (default: the model's own)", setting("size"))
    .option(
      "--activation-checkpointing",
      "computes activations again for the gradient: less memory, about a third more time",
    )
    .option("--variant <name>", "variant of the weights, such as fp16")
    .option("--seed <n>", "seed of matrices, noise and order (default: 0)", integer("seed"))
    .option("--out <folder>", `where the run is kept (default: runs/${kind})`)
    .option("--resume", "goes on from the run's checkpoint, with the run's settings")
    .option("--max-steps <n>", "stops after a step of the run", wholeNumber("max-steps", 1, MOST_STEPS));
  return addDeviceOptions(command);
}
