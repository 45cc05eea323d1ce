/** `deno task train RECIPE`: trains a network that ships, again or on one's own pictures. */
import { encodePng, upscaleNearest } from "../lib/image.ts";
import { writeAtomic } from "../recipes/atomic_write.ts";
import type { PictureSet } from "../recipes/data/dataset.ts";
import { findRecipe, recipes } from "../recipes/mod.ts";
import { preview } from "../recipes/preview.ts";
import type { Recipe, RecipeSettings } from "../recipes/recipe.ts";
import { train } from "../recipes/train.ts";
import { runTask, UsageError } from "./errors.ts";
import {
  addDeviceOptions,
  createCommand,
  type DeviceOptions,
  finiteNumber,
  integer,
  wholeNumber,
} from "./options.ts";
import { showTraining } from "./training_progress.ts";

interface Options extends Partial<RecipeSettings>, DeviceOptions {
  readonly seed: number;
  readonly out?: string;
  readonly data?: string;
  readonly names?: string;
  readonly encoder?: string;
  readonly from?: string;
  readonly resume?: true;
  readonly maxSteps?: number;
  readonly previews: string;
}

const names = recipes.map(({ name }) => name);
const most = Number.MAX_SAFE_INTEGER;

const command = addDeviceOptions(
  createCommand("train", `Trains a network: ${names.join(", ")}.`)
    .argument("<recipe>", `one of ${names.join(", ")}`)
    .option("--epochs <n>", "times through the data", wholeNumber("epochs", 1, 100_000))
    .option("--batch <n>", "pictures in a step", wholeNumber("batch", 2, 65_536))
    .option(
      "--shares <n>",
      "parts that a batch is cut into, computed side by side",
      wholeNumber("shares", 1, 1024),
    )
    .option(
      "--learning-rate <rate>",
      "learning rate at the start; a cosine takes it to zero",
      positive("learning-rate"),
    )
    .option("--width <n>", "hidden width of the network", wholeNumber("width", 1, 4096))
    .option(
      "--size <n>",
      "height and width of pictures, where the recipe has a choice",
      wholeNumber("size", 8, 1024),
    )
    .option("--names <list>", "of the emojis, the names to learn, with commas (default: all of the set)")
    .option("--encoder <model>", "the model whose text encoder emoji-II listens to (default: emoji-I)")
    .option("--seed <n>", "seed of weights, noise and order", integer("seed"), 0)
    .option("--out <folder>", "where the run is kept (default: runs/RECIPE)")
    .option(
      "--data <folder>",
      "your own pictures, a folder for each class, instead of MNIST; what is passed over is told",
    )
    .option("--from <model>", "starts from the weights of a model's folder, or of a safetensors file")
    .option("--resume", "goes on from the run's checkpoint")
    .option("--max-steps <n>", "stops after a step of the run", wholeNumber("max-steps", 1, most))
    .option(
      "--previews <list>",
      "after which epochs to draw pictures: numbers, first, last, all, none",
      "first,last",
    ),
);

function positive(name: string): (text: string) => number {
  const parse = finiteNumber(name);
  return (text) => {
    const value = parse(text);
    if (value > 0) return value;
    throw new UsageError(`${name}: "${text}" where a number above 0 is expected`);
  };
}

/** Whether pictures are wanted after an epoch. */
function previewRule(list: string, epochs: number): (epoch: number) => boolean {
  const wanted = new Set<number>();
  for (const word of list.split(",").map((part) => part.trim())) {
    if (word === "all") { for (let epoch = 1; epoch <= epochs; epoch++) wanted.add(epoch); }
    else if (word === "first") wanted.add(1);
    else if (word === "last") wanted.add(epochs);
    else if (/^[1-9]\d*$/.test(word)) wanted.add(Number(word));
    else if (word !== "none") {
      throw new UsageError(
        `previews: "${word}" where numbers of epochs, first, last, all or none are expected`,
      );
    }
  }
  return (epoch) => wanted.has(epoch);
}

async function loadData(recipe: Recipe, { data, size, names, encoder }: Options): Promise<PictureSet> {
  const onSkipped = (what: string) => console.error(`skipped: ${what}`);
  const chosen = names?.split(",").map((name) => name.trim());
  try {
    return await recipe.load({ folder: data, size, names: chosen, encoder, onSkipped });
  } catch (error) {
    const text = error instanceof Error ? error.message : "";
    if (!text.startsWith("folder: ")) throw error;
    throw new UsageError(text.replace("folder", "data"), { cause: error });
  }
}

async function run(name: string, options: Options, signal: AbortSignal): Promise<void> {
  const recipe = findRecipe(name);
  const { epochs, batch, shares, learningRate, width, size } = { ...recipe.defaults, ...options };
  const settings = { epochs, batch, shares, learningRate, width, ...(size !== undefined && { size }) };
  const wantsPreview = previewRule(options.previews, epochs);
  const out = options.out ?? `runs/${recipe.name}`;
  const data = await loadData(recipe, { ...options, size });
  if (batch > data.count) {
    throw new UsageError(`batch: ${batch} where at most the ${data.count} pictures of the data are expected`);
  }
  if (batch % shares) {
    throw new UsageError(`shares: ${shares} where a divisor of the batch, ${batch}, is expected`);
  }
  const { seed, resume, from, maxSteps, device, threads } = options;
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

await runTask(async (signal) => {
  await command
    .action((name: string, options: Options) => run(name, options, signal))
    .parseAsync(Deno.args, { from: "user" });
});
