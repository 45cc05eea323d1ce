/** `deno task sample PROMPT`: draws pictures. Digits are drawn by the class-conditioned network. */
import type { Command } from "commander";
import { join } from "node:path";
import { WEIGHTS_FILE } from "../lib/checkpoints/folder.ts";
import type { SampleStep } from "../lib/diffusion/sample.ts";
import { type SamplerName, samplers } from "../lib/diffusion/samplers/mod.ts";
import { encodePng, grid, upscaleNearest } from "../lib/image.ts";
import { findModel } from "../lib/models/load.ts";
import { type MnistModel, openMnistModel } from "../lib/models/mnist.ts";
import { digitTimesteps, sampleDigits } from "../lib/pipelines/sample_digits.ts";
import { slice, type Tensor } from "../lib/tensor.ts";
import { runTask, UsageError } from "./errors.ts";
import {
  addDeviceOptions,
  createCommand,
  type DeviceOptions,
  finiteNumber,
  integer,
  oneOf,
  wholeNumber,
} from "./options.ts";
import { OutputFolder } from "./output_folder.ts";
import { showProgress } from "./progress.ts";
import {
  defaults,
  fileStem,
  limits,
  parsePrompt,
  pngText,
  readParameters,
  type SampleParameters,
} from "./sample_parameters.ts";

interface Options extends DeviceOptions {
  readonly model?: string;
  readonly steps: number;
  readonly sampler: SamplerName;
  readonly guidance?: number;
  readonly seed?: number;
  readonly count: number;
  readonly scale: number;
  readonly out: string;
  readonly json?: true;
  readonly again?: string;
}

/** The options that a picture has in itself, and `--again` therefore excludes. */
const DRAWN = ["steps", "sampler", "guidance", "seed", "count", "scale"];

/** The least factor by which the grid is enlarged: 28 pixels are small. */
const GRID_SCALE = 4;

function command(): Command {
  const names = Object.keys(samplers) as SamplerName[];
  return addDeviceOptions(
    createCommand("sample", "Draws pictures: of digits, one for each digit of the prompt.")
      .argument("[prompt...]", "digits, such as 7 or 2024")
      .option("--model <model>", `a model's name or folder (default: "${defaults.model}")`)
      .option("--steps <n>", "steps", wholeNumber("steps", 1, 1_000_000), defaults.steps)
      .option("--sampler <name>", names.join(", "), oneOf("sampler", names), defaults.sampler)
      .option(
        "--guidance <scale>",
        `guidance scale (default: ${defaults.guidance})`,
        finiteNumber("guidance"),
      )
      .option("--seed <n>", "seed of the noise (default: random)", integer("seed"))
      .option("--count <n>", "pictures of each digit", wholeNumber("count", 1, limits.count), defaults.count)
      .option(
        "--scale <n>",
        "how much single pictures are enlarged",
        wholeNumber("scale", 1, limits.scale),
        defaults.scale,
      )
      .option("--out <folder>", "where the pictures go", "out")
      .option("--again <picture>", "draws a picture, or the grid of a run, again")
      .option("--json", "prints one line of JSON"),
  );
}

/** The start of the hash of a model's weights, by which `--again` knows them. */
async function weightsDigest(folder: string): Promise<string> {
  const bytes = await Deno.readFile(join(folder, "unet", WEIGHTS_FILE));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 16);
}

/** What is to be drawn, but for what the model decides: by the options, or by the picture that is drawn again. */
interface Plan {
  readonly model: string;
  readonly again?: { readonly parameters: SampleParameters; readonly picture?: number };
}

async function planOf(
  words: readonly string[],
  options: Options,
  given: (name: string) => boolean,
): Promise<Plan> {
  if (options.again === undefined) {
    const model = options.model ?? defaults.model;
    // Said before a model is looked for: without one, the prompt decides which it is.
    if (options.model === undefined) parsePrompt(words, model);
    return { model };
  }
  const extra = [...DRAWN.filter(given).map((name) => `--${name}`), ...(words.length ? ["a prompt"] : [])];
  if (extra.length) {
    throw new UsageError(`again: with ${extra.join(", ")} where none is expected; the picture has its own`);
  }
  const again = await readParameters(options.again);
  return { model: options.model ?? again.parameters.model, again };
}

/** The parameters of a new run, checked against the model. */
function newParameters(
  words: readonly string[],
  options: Options,
  model: MnistModel,
  base: Pick<SampleParameters, "model" | "weights">,
): SampleParameters {
  if (model.classes === 0 && words.length) {
    throw new UsageError(
      `prompt: ${
        JSON.stringify(words.join(" "))
      } where none is expected: --model ${base.model} has no classes`,
    );
  }
  if (model.classes === 0 && options.guidance !== undefined) {
    throw new UsageError(
      `guidance: ${options.guidance} where none is expected: --model ${base.model} has no classes`,
    );
  }
  const { sampler, steps, count, scale } = options;
  return {
    prompt: model.classes ? parsePrompt(words, base.model) : null,
    ...base,
    sampler,
    steps,
    guidance: model.classes ? options.guidance ?? defaults.guidance : null,
    seed: options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0],
    count,
    scale,
  };
}

/** The class of each picture: `count` rows, each of which reads as the prompt. */
function labelsOf({ prompt, count }: SampleParameters, model: MnistModel): (number | null)[] {
  const row = prompt === null ? [null] : [...prompt].map(Number);
  const unknown = row.find((label) => label !== null && label >= model.classes);
  if (unknown !== undefined) {
    throw new UsageError(`prompt: digit ${unknown} where digits from 0 to ${model.classes - 1} are expected`);
  }
  if (row.length * count > limits.pictures) {
    throw new UsageError(
      `count: ${count} where at most ${
        Math.floor(limits.pictures / row.length)
      } is expected for ${row.length} digits`,
    );
  }
  return Array.from({ length: count }, () => row).flat();
}

/** The files of a run: the grid and the single pictures, or the one picture that is drawn again. */
function encodeFiles(
  x: Tensor,
  parameters: SampleParameters,
  { spec: { range } }: MnistModel,
  picture?: number,
): Map<string, Uint8Array> {
  const stem = fileStem(parameters);
  const total = x.shape[0];
  const files = new Map<string, Uint8Array>();
  if (picture === undefined) {
    const columns = parameters.prompt !== null && parameters.prompt.length > 1
      ? parameters.prompt.length
      : undefined;
    const sheet = upscaleNearest(
      grid(x, { columns, background: range[1] }),
      Math.max(GRID_SCALE, parameters.scale),
    );
    files.set(`${stem}.png`, encodePng(sheet, { range, text: pngText(parameters) }));
  }
  for (let n = 1; n <= total; n++) {
    if (picture !== undefined && picture !== n) continue;
    const single = upscaleNearest(slice(x, n - 1, n), parameters.scale);
    const name = `${stem}-${String(n).padStart(String(total).length, "0")}.png`;
    files.set(name, encodePng(single, { range, text: pngText(parameters, n) }));
  }
  return files;
}

await runTask(async (signal) => {
  const parser = command().parse(Deno.args, { from: "user" });
  const [words, options] = [parser.args, parser.opts<Options>()];
  const plan = await planOf(words, options, (name) => parser.getOptionValueSource(name) === "cli");

  const folder = await findModel(plan.model);
  await using model = await openMnistModel(folder, {
    device: options.device,
    threads: options.threads,
    onFallback: (message) => console.error(`note: ${message}`),
  });
  const weights = await weightsDigest(folder);
  const again = plan.again;
  if (again && again.parameters.weights !== weights) {
    throw new UsageError(
      `again: weights ${again.parameters.weights} where those of --model ${plan.model} are ${weights}: ` +
        "the weights that the picture was drawn by are expected",
    );
  }
  const parameters = again?.parameters ??
    newParameters(words, options, model, { model: plan.model, weights });
  const { sampler, steps, guidance, seed } = parameters;
  const labels = labelsOf(parameters, model);
  if (again?.picture !== undefined && again.picture > labels.length) {
    throw new UsageError(
      `again: picture ${again.picture} where one of the run's ${labels.length} is expected`,
    );
  }
  digitTimesteps(model, sampler, steps); // throws where the schedule has fewer
  await using out = await OutputFolder.open(options.out);

  const start = performance.now();
  let last: SampleStep | undefined;
  // Of the time after the first step, in which the program itself is compiled.
  let warm = { start, runtimeMs: 0 };
  {
    using bar = showProgress("sampling", steps, "steps");
    const run = sampleDigits(model, labels, {
      seed,
      sampler,
      numInferenceSteps: steps,
      guidanceScale: guidance ?? undefined,
      signal,
    });
    for await (const step of run) {
      last = step;
      bar.update(step.index + 1);
      if (step.index === 0 && steps > 1) warm = { start: performance.now(), runtimeMs: model.runtimeMs };
    }
  }
  const end = performance.now();
  const overhead = 1 - (model.runtimeMs - warm.runtimeMs) / (end - warm.start);
  const paths = await out.write(encodeFiles(last!.x, parameters, model, again?.picture));

  const whole = again?.picture === undefined;
  const [sheet, pictures] = whole ? [paths[0], paths.slice(1)] : [null, paths];
  const msPerStep = (end - start) / steps;
  if (options.json) {
    const { device } = model;
    console.log(JSON.stringify({ grid: sheet, pictures, seed, parameters, device, msPerStep, overhead }));
    return;
  }
  if (sheet !== null) console.log(`grid      ${sheet}`);
  const rest = pictures.length > 1 ? ` to ${pictures.at(-1)}` : "";
  console.log(`pictures  ${pictures[0]}${rest}`);
  console.log(`seed      ${seed}`);
  const share = `${(100 * overhead).toFixed(1)}% of it outside the runtime`;
  console.log(`time      ${steps} steps of ${msPerStep.toFixed(1)} ms, ${share}`);
});
