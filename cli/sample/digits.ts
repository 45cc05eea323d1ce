/** `deno task sample` by the MNIST networks: digits, one picture each. */
import { join } from "node:path";
import type { SampleStep } from "../../lib/diffusion/sample.ts";
import { type MnistModel, openMnistModel } from "../../lib/models/mnist.ts";
import { digitSampler, digitTimesteps, sampleDigits } from "../../lib/pipelines/sample_digits.ts";
import { UsageError } from "../errors.ts";
import { OutputFolder } from "../output_folder.ts";
import { encodePictures } from "./picture_files.ts";
import { showProgress } from "../progress.ts";
import { assertDigitsOptions, type SampleFlags } from "./flags.ts";
import {
  defaults,
  fileStem,
  limits,
  parsePrompt,
  pngText,
  type SampleParameters,
} from "./sample_parameters.ts";
import { printReport } from "./print_report.ts";
import { StepClock } from "./step_clock.ts";
import { weightsDigest } from "../models/weights_digest.ts";

/** What is to be drawn: by the options, or as in a picture. */
export interface DigitsPlan {
  /** The model as it was asked for. */
  readonly model: string;
  /** Its folder. */
  readonly folder: string;
  /** The picture that is drawn again: its parameters and, of a single one, its number. */
  readonly again?: { readonly parameters: SampleParameters; readonly picture?: number };
}

/** The least factor by which the grid is enlarged: 28 pixels are small. */
const GRID_SCALE = 4;

/** The parameters of a new run, checked against the model. */
function newParameters(
  words: readonly string[],
  options: SampleFlags,
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
  const { steps, count, scale } = { ...defaults, ...options };
  return {
    prompt: model.classes ? parsePrompt(words, base.model) : null,
    ...base,
    sampler: digitSampler(model, options.sampler),
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

/** Draws digits, writes the pictures and prints where they are. */
export async function sampleDigitPictures(
  words: readonly string[],
  options: SampleFlags,
  plan: DigitsPlan,
  signal: AbortSignal,
): Promise<void> {
  assertDigitsOptions(options, plan.model);
  await using model = await openMnistModel(plan.folder, {
    device: options.device,
    threads: options.threads,
    onFallback: (message) => console.error(`note: ${message}`),
  });
  const weights = await weightsDigest(join(plan.folder, "unet"));
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

  let last: SampleStep | undefined;
  const clock = new StepClock(() => model.runtimeMs);
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
      clock.tick();
      bar.update(step.index + 1);
      if (step.index === 0 && steps > 1) clock.warm();
    }
  }
  const { prompt, scale } = parameters;
  const files = encodePictures(last!.x, {
    stem: fileStem(parameters),
    range: model.spec.range,
    columns: prompt !== null && prompt.length > 1 ? prompt.length : undefined,
    scale,
    gridScale: GRID_SCALE,
    text: (picture) => pngText(parameters, picture),
    picture: again?.picture,
  });
  const paths = await out.write(files);
  const { device } = model;
  const { stepMs, overhead } = clock;
  const whole = again?.picture === undefined;
  printReport({ paths, whole, parameters, device, stepMs, overhead }, options.json ?? false);
}
