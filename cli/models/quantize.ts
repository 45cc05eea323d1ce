/** `deno task models quantize MODEL --out FOLDER`: quantises a network to 8 bits, a text encoder to 4. */
import { ArgumentError, described } from "../../lib/errors.ts";
import {
  describeModel,
  listModels,
  type ModelFolder,
  openDeepFloyd,
  openModelFolder,
} from "../../lib/models/mod.ts";
import { sampleToEnd } from "../../lib/mod.ts";
import {
  type Activations,
  type CalibrationRun,
  openTextToImage,
  pictureDifference,
  QUANTIZATION,
  quantizeNetwork,
  type QuantizeProgress,
  quantizeTextEncoder,
  quantizingBytes,
  superResolution,
  superResolutionDefaults,
  textToImage,
  withinRange,
} from "../../lib/pipelines/mod.ts";
import { concat, type Tensor } from "../../lib/tensor.ts";
import { type ProgressBar, showProgress } from "../progress.ts";
import { assertMemory } from "./assert_memory.ts";
import { calibrationPrompts } from "./calibration_prompts.ts";
import { openModelToRun } from "./find_model.ts";
import { leastCosine } from "./least_cosine.ts";
import { inIntegers, quantizedCard, type QuantizedEncoder, type QuantizedUnet } from "./quantized_card.ts";
import { DerivedFolder, type DerivedPart } from "./derived_folder.ts";

/** What the command line gives. */
export interface QuantizeFlags {
  readonly out: string;
  readonly weights: "int8" | "none";
  readonly textEncoder: "int4" | "none";
  readonly activations: Activations;
  readonly prompts?: string[];
  readonly steps: number;
  readonly seed: number;
  readonly first?: string;
  readonly variant?: string;
  readonly threads?: number;
  readonly json?: true;
}

/** The guidance scale if the model's folder recommends none: IF's. */
const GUIDANCE = 7;

/** Quantises a model's network, its text encoder or both, writes the folder and reports how close it is to the original. */
export async function quantize(name: string, flags: QuantizeFlags, signal: AbortSignal): Promise<void> {
  const { out, weights, textEncoder, activations, variant, json } = flags;
  const source = await openModelToRun(name, { variant });
  if (source.kind !== "text-to-image" && source.kind !== "super-resolution") {
    throw new ArgumentError("model", name, "a text-to-image model");
  }
  const anew: DerivedPart[] = [
    ...(weights === "none" ? [] : ["unet" as const]),
    ...(textEncoder === "none" ? [] : ["text_encoder" as const]),
  ];
  if (anew.length === 0) {
    throw new ArgumentError("weights", weights, "int8, where the text encoder stays as it is");
  }
  await using folder = await DerivedFolder.open(out);
  await folder.copy(source, anew);
  const encoder = textEncoder === "none" ? undefined : await inBlocks(source, folder, flags, signal);
  const network = weights === "none" ? undefined : await inBytes(source, folder, flags, signal);
  const { licence } = await describeModel(name);
  await folder.finish(quantizedCard({ source: name, licence, encoder, network }));
  if (json) {
    const [psnr, cosine] = [network?.drawn?.psnr ?? null, encoder?.cosine ?? null];
    return console.log(JSON.stringify({ model: name, out, activations, psnr, cosine }));
  }
  const what = [
    ...(network ? [inIntegers[activations]] : []),
    ...(encoder ? [`${network ? "the" : "its"} text encoder's weights in integers of 4 bits`] : []),
  ];
  const quality = [
    ...(network?.drawn ? [`its pictures are at ${network.drawn.psnr.toFixed(1)} dB of the original's`] : []),
    ...(encoder ? [`its embeddings are at a cosine of ${encoder.cosine.toFixed(4)} to them`] : []),
  ];
  console.log([`${out} holds ${name} with ${what.join(" and ")}`, ...quality].join("; "));
}

/** The text encoder in integers of 4 bits. */
async function inBlocks(
  source: ModelFolder,
  folder: DerivedFolder,
  { variant, threads, prompts: own }: QuantizeFlags,
  signal: AbortSignal,
): Promise<QuantizedEncoder> {
  const quantized = await withBars((tell) => {
    const onProgress = (done: number, total: number) => tell({ phase: "round", done, total });
    return quantizeTextEncoder(source.files, { variant, signal, onProgress });
  });
  await folder.write("text_encoder", quantized);
  const prompts = own ?? calibrationPrompts(await source.vocabulary());
  const encode = async (files: ModelFolder["files"] | string) => {
    await using pipeline = await openTextToImage(files, { variant, threads });
    return await pipeline.encode(prompts, { signal });
  };
  const cosine = leastCosine(await encode(source.files), await encode(folder.path));
  await folder.writeConfig("text_encoder", {
    ...quantized.config,
    [QUANTIZATION]: { ...quantized.config[QUANTIZATION] as object, prompts, cosine },
  });
  return { prompts, cosine };
}

/** The network in integers of 8 bits. */
async function inBytes(
  source: ModelFolder,
  folder: DerivedFolder,
  flags: QuantizeFlags,
  signal: AbortSignal,
): Promise<QuantizedUnet> {
  const { activations, variant, threads } = flags;
  assertMemory(
    await quantizingBytes(source.files, { activations, variant }),
    Deno.systemMemoryInfo().available,
  );
  const first = source.kind === "text-to-image" ? source : await firstStage(source, flags);
  const drawing = first && await drawingOf(source, first, flags, signal);
  const { config, tensors } = await withBars((onProgress) => {
    return quantizeNetwork(source.files, {
      activations,
      ...(activations === "int8" && { calibration: drawing?.run }),
      variant,
      threads,
      onProgress,
      signal,
    });
  });
  await folder.write("unet", { config, tensors });
  const drawn = drawing && {
    prompts: drawing.prompts,
    steps: flags.steps,
    psnr: await compare(source, folder.path, drawing.run, { variant, threads, signal }),
  };
  const quantization = config[QUANTIZATION] as { readonly float_layers?: readonly string[] };
  await folder.writeConfig("unet", {
    ...config,
    [QUANTIZATION]: { ...quantization, ...(drawn && { prompts: drawn.prompts, psnr: drawn.psnr }) },
  });
  return { activations, drawn, floats: quantization.float_layers ?? [] };
}

/** The calibration runs: prompts and how they are sampled. */
interface Drawing {
  readonly prompts: readonly string[];
  readonly run: CalibrationRun;
}

/**
 * The model whose images a network enlarges: the one given, or the one that names it. None if only weights are quantised,
 * which needs no images.
 */
async function firstStage(
  source: ModelFolder,
  { first, activations, variant }: QuantizeFlags,
): Promise<ModelFolder | undefined> {
  if (first !== undefined) {
    const model = await openModelToRun(first, { variant });
    if (model.kind === "text-to-image") return model;
    throw new ArgumentError("first", first, "a text-to-image model");
  }
  if (activations === "none") return undefined;
  for (const name of await listModels()) {
    const model = await openModelFolder(name);
    if (model.sampling.superResolution === source.name) return model;
  }
  throw new ArgumentError("first", described("none"), "the model whose pictures it enlarges", {
    note: `since none names ${source.name}`,
  });
}

async function drawingOf(
  source: ModelFolder,
  first: ModelFolder,
  { prompts: own, steps, seed, variant, threads }: QuantizeFlags,
  signal: AbortSignal,
): Promise<Drawing> {
  const prompts = own ?? calibrationPrompts(await first.vocabulary());
  await using pipeline = await openTextToImage(first.files, { variant, threads });
  const { guidanceScale = GUIDANCE } = first.sampling;
  const text = await pipeline.encode(prompts, { signal });
  const negative = await pipeline.encode([""], { signal });
  const common = { text, negative, seed, numInferenceSteps: steps };
  if (first === source) return { prompts, run: { ...common, guidanceScale } };
  const network = await pipeline.network();
  const drawn = textToImage(network, text, {
    seed,
    numInferenceSteps: steps,
    guidanceScale,
    negative: each(negative, text),
    signal,
  });
  const { guidanceScale: enlarging = superResolutionDefaults.guidanceScale, noiseLevel } = source.sampling;
  const lowRes = withinRange(await sampleToEnd(drawn), network);
  return { prompts, run: { ...common, guidanceScale: enlarging, lowRes, noiseLevel } };
}

/** Repeats the settings of all texts for each of them. */
function each(negative: Tensor, text: Tensor): Tensor {
  return concat(Array<Tensor>(text.shape[0]).fill(negative));
}

/** The median of the peak signal-to-noise ratios of pictures from noise that the network was not calibrated with. */
async function compare(
  source: ModelFolder,
  folder: string,
  { text, negative, seed, lowRes, noiseLevel, ...run }: Drawing["run"],
  { signal, ...open }: { readonly variant?: string; readonly threads?: number; readonly signal: AbortSignal },
): Promise<number> {
  const draw = async (model: ModelFolder["files"] | string) => {
    await using network = await openDeepFloyd(model, { ...open, textLength: text.shape[1] });
    const options = { ...run, negative: each(negative, text), seed: seed + 1, signal };
    return await sampleToEnd(
      lowRes
        ? superResolution(network, text, lowRes, { ...options, noiseLevel })
        : textToImage(network, text, options),
    );
  };
  return pictureDifference(await draw(source.files), await draw(folder)).median;
}

/** A phase of the work. */
type Phase = QuantizeProgress["phase"] | "round";

/** The phases' labels and units. */
const phases: Readonly<Record<Phase, readonly [label: string, unit: string]>> = {
  round: ["rounds", "tensors"],
  draw: ["draws", "steps"],
  scale: ["chooses scales", "layers"],
  try: ["tries layers", "layers"],
};

/** Runs something with a progress bar for each of its phases. */
async function withBars<T>(
  work: (
    onProgress: (progress: Omit<QuantizeProgress, "phase"> & { readonly phase: Phase }) => void,
  ) => Promise<T>,
): Promise<T> {
  let bar: ProgressBar | undefined;
  let shown: string | undefined;
  try {
    return await work(({ phase, done, total }) => {
      if (phase !== shown) {
        bar?.[Symbol.dispose]();
        bar = showProgress(phases[phase][0], total, phases[phase][1]);
        shown = phase;
      }
      bar!.update(done);
    });
  } finally {
    bar?.[Symbol.dispose]();
  }
}
