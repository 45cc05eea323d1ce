/** `deno task train RECIPE`: trains one of the networks that ship, from scratch or on your own images. */
import { Option } from "commander";
import { ArgumentError, described } from "../lib/errors.ts";
import { encodePng, upscaleNearest } from "../lib/image.ts";
import { writeAtomic } from "../recipes/atomic_write.ts";
import type { PictureSet } from "../recipes/data/dataset.ts";
import { findRecipe, recipes } from "../recipes/mod.ts";
import { preview } from "../recipes/preview.ts";
import { optimizerNames, type Recipe, type RecipeSettings } from "../recipes/recipe.ts";
import { loadHeader, type RunIdentity } from "../recipes/run_state.ts";
import { averageBounds, scheduleNames, settingBounds } from "../recipes/settings.ts";
import { train } from "../recipes/train.ts";
import { runTask } from "./errors.ts";
import {
  addDeviceOptions,
  createCommand,
  type DeviceOptions,
  integer,
  numberWithin,
  oneOf,
  wholeNumber,
} from "./options.ts";
import { setting } from "./train/setting.ts";
import { showTraining } from "./train/progress.ts";
import { learnToken } from "./train/textual_inversion.ts";
import { tune } from "./train/tune.ts";
import {
  textualInversionCommand,
  tuneCommand,
  type TuneOptions,
  type TuningKind,
  type TuningOptions,
} from "./train/tune_options.ts";

interface Options extends Partial<RecipeSettings>, DeviceOptions {
  readonly shares?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly data?: string;
  readonly names?: string;
  readonly encoder?: string;
  readonly from?: string;
  readonly grow?: true;
  readonly resume?: true;
  readonly maxSteps?: number;
  readonly previews: string;
}

const names = recipes.map(({ name }) => name);
const most = Number.MAX_SAFE_INTEGER;

const command = addDeviceOptions(
  createCommand("train", `Trains a network: ${names.join(", ")}.`)
    .argument("<recipe>", `one of ${names.join(", ")}`)
    .option("--epochs <n>", "times through the data", setting("epochs"))
    .option("--batch <n>", "images in a step", wholeNumber("batch", 2, settingBounds.batch.max))
    .option(
      "--microbatches <n>",
      "parts that a batch is split into, computed in parallel",
      setting("microbatches"),
    )
    // The name of earlier versions.
    .addOption(new Option("--shares <n>").argParser(setting("microbatches", "shares")).hideHelp())
    .option(
      "--learning-rate <rate>",
      "the highest learning rate",
      setting("learningRate"),
    )
    .option(
      "--learning-rate-schedule <name>",
      `its schedule: ${scheduleNames.join(", ")} (default: the recipe's)`,
      oneOf("learning-rate-schedule", scheduleNames),
    )
    .option(
      "--warmup-steps <n>",
      "warm-up steps (default: the schedule's)",
      setting("warmupSteps"),
    )
    .option(
      "--optimizer <name>",
      `optimizer of the weights: ${optimizerNames.join(", ")} (default: adam)`,
      oneOf("optimizer", optimizerNames),
    )
    .option(
      "--power-averages <list>",
      "relative widths of the weight averages to keep snapshots of, such as 0.05,0.1 (default: none)",
      (text) => text.split(",").map((part) => averageWidth(part.trim())),
    )
    .option("--width <n>", "hidden width of the network", setting("width"))
    .option(
      "--layers <n>",
      "residual blocks of each level, where the recipe has a choice",
      setting("layers"),
    )
    .option("--size <n>", "height and width of images, where the recipe has a choice", setting("size"))
    .option(
      "--names <list>",
      "emoji: names to learn, separated by commas, or how many: 78, 150, 300 (default: 78)",
    )
    .option("--encoder <model>", "the model whose text encoder conditions emoji-II (default: emoji-I)")
    .option("--seed <n>", "seed of weights, noise and order (default: 0)", integer("seed"))
    .option("--out <folder>", "where the run is kept (default: runs/RECIPE)")
    .option(
      "--data <folder>",
      "your own images, a folder for each class, instead of MNIST; skipped files are listed",
    )
    .option("--from <model>", "start from the weights of a model's folder, or of a safetensors file")
    .option("--grow", "with --from: allow a narrower network, or one of another vocabulary (emoji-I)")
    .option("--resume", "resume from the run's checkpoint, with the run's settings")
    .option("--max-steps <n>", "stop after this step of the run", wholeNumber("max-steps", 1, most))
    .option(
      "--previews <list>",
      "epochs after which to generate sample images: numbers, first, last, all, none",
      "first,last",
    ),
);

const averageWidth = numberWithin("power-averages", averageBounds.min, averageBounds.max);

/** Whether samples are generated after an epoch. */
function previewRule(list: string, epochs: number): (epoch: number) => boolean {
  const wanted = new Set<number>();
  for (const word of list.split(",").map((part) => part.trim())) {
    if (word === "all") { for (let epoch = 1; epoch <= epochs; epoch++) wanted.add(epoch); }
    else if (word === "first") wanted.add(1);
    else if (word === "last") wanted.add(epochs);
    else if (/^[1-9]\d*$/.test(word) && Number(word) <= epochs) wanted.add(Number(word));
    else if (word !== "none") {
      throw new ArgumentError(
        "previews",
        word,
        `numbers of epochs from 1 to ${epochs}, first, last, all or none`,
        { plural: true },
      );
    }
  }
  return (epoch) => wanted.has(epoch);
}

async function loadData(recipe: Recipe, { data, size, names, encoder }: Options): Promise<PictureSet> {
  const onSkipped = (what: string) => console.error(`skipped: ${what}`);
  const chosen = names?.split(",").map((name) => name.trim());
  return await recipe.load({ folder: data, size, names: chosen, encoder, onSkipped });
}

/** The settings of the run to resume; undefined if there is none, which the training reports. */
async function resumed({ resume }: Options, out: string): Promise<RunIdentity | undefined> {
  const checkpoint = `${out}/checkpoint.safetensors`;
  if (!resume || !await Deno.stat(checkpoint).then(() => true, () => false)) return undefined;
  return (await loadHeader(checkpoint)).identity;
}

async function run(name: string, { shares, ...given }: Options, signal: AbortSignal): Promise<void> {
  if (shares !== undefined && given.microbatches !== undefined) {
    throw new ArgumentError("shares", described("given beside microbatches, its new name"), "one of them");
  }
  const options: Options = shares === undefined ? given : { ...given, microbatches: shares };
  const recipe = findRecipe(name);
  const out = options.out ?? `runs/${recipe.name}`;
  const before = await resumed(options, out);
  // A resumed run keeps its settings unless they are given again.
  const begun = before?.recipe === recipe.name ? before : undefined;
  const {
    epochs,
    batch,
    microbatches,
    learningRate,
    learningRateSchedule,
    warmupSteps,
    optimizer,
    powerAverages,
    width,
    layers,
    size,
  } = {
    ...begun?.settings ?? recipe.defaults,
    ...options,
  };
  const settings = {
    epochs,
    batch,
    microbatches,
    learningRate,
    ...(learningRateSchedule !== undefined && { learningRateSchedule }),
    ...(warmupSteps !== undefined && { warmupSteps }),
    ...(optimizer !== undefined && { optimizer }),
    ...(powerAverages !== undefined && { powerAverages }),
    width,
    ...(layers !== undefined && { layers }),
    ...(size !== undefined && { size }),
  };
  const wantsPreview = previewRule(options.previews, epochs);
  const data = await loadData(recipe, { ...options, size });
  if (batch > data.count) {
    throw new ArgumentError("batch", batch, `at most the ${data.count} pictures of the data`, {
      plural: true,
    });
  }
  const { seed = begun?.seed ?? 0, resume, from, grow, maxSteps, device, threads } = options;
  const onFallback = (message: string) => console.error(message);
  using progress = showTraining(recipe.name);
  let ended = false;
  for await (
    const event of train({
      recipe,
      settings,
      data,
      seed,
      out,
      resume,
      from,
      grow,
      maxSteps,
      device,
      threads,
      onFallback,
      signal,
    })
  ) {
    progress.update(event);
    if (event.modelWritten && wantsPreview(event.epoch)) {
      const shown = await recipe.loadTest?.({ folder: options.data }) ?? data;
      const sheet = await preview(`${out}/epoch-${event.epoch}`, { seed, data: shown, threads });
      if (sheet) {
        await writeAtomic(
          `${out}/epoch-${event.epoch}.png`,
          encodePng(upscaleNearest(sheet, 2), { range: [0, 1] }),
        );
      }
    }
    ended = event.step === event.steps;
  }
  console.log(
    ended
      ? `${out} holds the model; deno task evaluate ${out} measures it`
      : `stopped; deno task train ${recipe.name} --out ${out} --resume goes on from the checkpoint`,
  );
}

/** Fine-tuning commands, each with options of its own. */
const tunings: readonly TuningKind[] = ["lora", "fine-tune"];

await runTask(async (signal) => {
  // Options after a command's name belong to it.
  command.enablePositionalOptions();
  for (const kind of tunings) {
    command.addCommand(
      tuneCommand(kind).name(kind).action((options: TuneOptions) => tune(kind, options, signal)),
    );
  }
  command.addCommand(
    textualInversionCommand().name("textual-inversion")
      .action((options: TuningOptions) => learnToken(options, signal)),
  );
  await command
    .action((name: string, options: Options) => run(name, options, signal))
    .parseAsync(Deno.args, { from: "user" });
});
