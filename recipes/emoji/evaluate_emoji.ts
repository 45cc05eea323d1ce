/** Evaluates a text-to-image model: whether its pictures are closest to those of the right name and style. */
import { ArgumentError } from "../../lib/errors.ts";
import { sampleToEnd, type SchedulerSettings } from "../../lib/diffusion/mod.ts";
import { type DeepFloydModel, findModel, readSamplingDefaults } from "../../lib/models/mod.ts";
import { openTextToImage, type StageModel, stageSamplerName, textToImage } from "../../lib/pipelines/mod.ts";
import { Generator } from "../../lib/random.ts";
import { concat, slice, type Tensor } from "../../lib/tensor.ts";
import { type EmojiEntry, type EmojiSet, loadEmoji } from "../data/emoji/mod.ts";
import { readEmojiIndex } from "../data/emoji/load.ts";
import { drawPlacement, place } from "./augment.ts";
import { vocabularyOfModel } from "./model_vocabulary.ts";
import { nearest, type Thumbnails, thumbnails } from "./thumbnails.ts";
import type { StageEvaluationOptions } from "./stage_evaluation.ts";

/** The options of an evaluation. */
export interface EvaluateEmojiOptions extends StageEvaluationOptions {
  /** Prompts that are drawn from the data, held-out pairs among them; defaults to 200. */
  readonly count?: number;
  /** Whether the held-out pairs are drawn too (default: true). */
  readonly heldout?: boolean;
  /** The variance of DDPM's noise; defaults to the model's own. */
  readonly variance?: SchedulerSettings["variance"];
}

/** The result of an evaluation. Fractions are from 0 to 1. */
export interface EmojiEvaluation {
  /** How often the nearest training picture has the prompt's name. */
  readonly nameTop1: number;
  /** How often one of the five nearest has. */
  readonly nameTop5: number;
  /** The same of all pairs of name and style that were kept out of training, where they were drawn. */
  readonly nameTop5Heldout?: number;
  /** How often the nearest training picture has the prompt's style. */
  readonly style: number;
  /** What real pictures reach: how often one of the five training pictures nearest to a held-out picture has its name. */
  readonly heldoutPicturesTop5: number;
  /** What training pictures reach that are moved, turned and scaled as in training: `nameTop1` of these. */
  readonly movedPicturesTop1: number;
  /** `nameTop5` of these. */
  readonly movedPicturesTop5: number;
  /** `style` of these. */
  readonly movedPicturesStyle: number;
  /** Prompts. */
  readonly prompts: number;
  /** Pairs that were held out. */
  readonly heldout: number;
  /** Names that the model knows. */
  readonly names: number;
  /** Steps. */
  readonly steps: number;
  /** The sampler. */
  readonly sampler: string;
  /** The guidance scale. */
  readonly guidance: number;
  /** The variance of DDPM's noise. */
  readonly variance: string;
  /** The seed. */
  readonly seed: number;
  readonly [key: string]: number | string | undefined;
}

/** Pictures that are drawn at a time. */
const BATCH = 32;
/** Which pictures count as near. */
const NEAR = 5;

/**
 * Draws pictures of prompts, "an oil painting of a rocket ship", whose names and styles come from the data, and finds the
 * training pictures that are nearest to them, as they are or mirrored, by their 16 x 16 thumbnails.
 *
 * @param nameOrFolder The model: one that draws texts, with the list of what it knows.
 * @throws {UnknownModelError} if there is no such model.
 * @throws {EmojiSetError} if the data set is not there.
 * @throws {ArgumentError} if what the model knows is not written down, or it knows names that the set has not, or no style of it.
 */
export async function evaluateEmoji(
  nameOrFolder: string,
  options: EvaluateEmojiOptions = {},
): Promise<EmojiEvaluation> {
  const { count = 200, seed = 0, signal, onProgress } = options;
  const folder = await findModel(nameOrFolder);
  const defaults = await readSamplingDefaults(folder);
  const { steps = defaults.numInferenceSteps ?? 20, guidance = defaults.guidanceScale ?? 4 } = options;
  const { device, threads, onFallback } = options;
  await using pipeline = await openTextToImage(folder, { device, threads, onFallback });
  const set = await loadKnown(nameOrFolder, folder, pipeline.config.size, options.data);
  const { heldout: withHeldout = true } = options;
  const pairs = drawPairs(set, count, seed, withHeldout);
  const training = set.entries.flatMap(({ heldOut }, i) => heldOut ? [] : [i]);
  const pictures = picturesOf(set, training);
  const known = {
    ...thumbnails(pictures, set.size, [0, 255]),
    entries: training.map((i) => set.entries[i]),
  };

  const [text, negative] = await encode(pipeline, pairs.map((pair) => promptOf(set, pair)), signal);
  const network = withVariance(await pipeline.network(), options.variance);
  const sampler = stageSamplerName(network.scheduler, options.sampler);
  const hits = noHits();
  let heldoutTop5 = 0;
  for (let start = 0; start < pairs.length; start += BATCH) {
    const batch = pairs.slice(start, start + BATCH);
    const rows = Array.from(batch.keys(), (n) => start + n);
    const drawing = textToImage(network, concat(rows.map((row) => slice(text, row, row + 1))), {
      negative: concat(rows.map(() => negative)),
      // A picture's seed is its own: it does not depend on what else is in the batch.
      seed: rows.map((row) => seed + row),
      numInferenceSteps: steps,
      guidanceScale: guidance,
      sampler,
      signal,
    });
    const pictures = await sampleToEnd(reportSteps(drawing, (done) => {
      onProgress?.((start + batch.length * done / steps) / pairs.length);
    }));
    const drawn = thumbnails(pictures.data, network.spec.size, network.spec.range);
    for (const [n, pair] of batch.entries()) {
      if (rows[n] < count) judge(hits, pair, drawn, n, known);
      else if (judge(noHits(), pair, drawn, n, known).top5) heldoutTop5++;
    }
  }
  const heldout = pairs.length - count;
  return {
    nameTop1: share(hits.top1, count),
    nameTop5: share(hits.top5, count),
    ...(withHeldout && { nameTop5Heldout: share(heldoutTop5, heldout) }),
    style: share(hits.style, count),
    ...heldoutPictures(set, known),
    ...movedPictures(set, known),
    prompts: count,
    heldout,
    names: set.names.length,
    steps,
    sampler,
    guidance,
    variance: network.scheduler.variance,
    seed,
  };
}

/** A share, to four digits; 0 of nothing. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Number((part / whole).toFixed(4));
}

/** The part of the set that a model knows, in a size that its pictures can be compared with. */
async function loadKnown(model: string, folder: string, size: number, data?: string): Promise<EmojiSet> {
  const vocabulary = await vocabularyOfModel(folder);
  const { sizes } = await readEmojiIndex(data);
  const known = vocabulary.names.map(({ name }) => name);
  const set = await loadEmoji({
    size: sizes.includes(size) ? size : Math.min(...sizes),
    names: known,
    folder: data,
  });
  const styles = new Set(vocabulary.styles.map(({ id }) => id));
  const kept = [...set.entries.keys()].filter((i) => styles.has(set.styles[set.entries[i].style].id));
  if (kept.length === 0) {
    const ids = set.styles.map(({ id }) => id).join(", ");
    throw new ArgumentError("model", model, `one of the styles ${ids}`);
  }
  return { ...set, entries: kept.map((i) => set.entries[i]), pictures: picturesOf(set, kept) };
}

/** The pairs of prompts: those drawn from the data, none twice before all are taken; then all that are held out, if they
 * are wanted. A pair is one entry, however many pictures it has. */
function drawPairs({ entries }: EmojiSet, count: number, seed: number, heldout: boolean): EmojiEntry[] {
  const generator = new Generator(seed);
  const pairs = [...new Map(entries.map((entry) => [`${entry.name} ${entry.style}`, entry])).values()];
  const drawn: EmojiEntry[] = [];
  while (drawn.length < count) {
    for (const i of generator.permutation(pairs.length)) if (drawn.length < count) drawn.push(pairs[i]);
  }
  return [...drawn, ...pairs.filter(({ heldOut }) => heldout && heldOut === "pair")];
}

function promptOf({ names, styles }: EmojiSet, { name, style }: EmojiEntry): string {
  return `${styles[style].phrases[0]} ${names[name].phrases[0]}`;
}

/** Texts, each encoded once, and the empty one. */
async function encode(
  pipeline: { encode(prompts: readonly string[], options: { signal?: AbortSignal }): Promise<Tensor> },
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<[Tensor, Tensor]> {
  const different = [...new Set(texts)];
  const encoded = await pipeline.encode([...different, ""], { signal });
  const row = (i: number) => slice(encoded, i, i + 1);
  return [concat(texts.map((text) => row(different.indexOf(text)))), row(different.length)];
}

/** The model with another variance of DDPM's noise. */
function withVariance(model: DeepFloydModel, variance?: SchedulerSettings["variance"]): StageModel {
  return {
    spec: model.spec,
    config: model.config,
    scheduler: variance ? { ...model.scheduler, variance } : model.scheduler,
    prepare: (conditions) => model.prepare(conditions),
    run: (queries, options) => model.run(queries, options),
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

async function* reportSteps<T extends { index: number }>(
  steps: AsyncGenerator<T, void, undefined>,
  report: (done: number) => void,
): AsyncGenerator<T, void, undefined> {
  for await (const step of steps) {
    report(step.index + 1);
    yield step;
  }
}

function picturesOf(set: EmojiSet, indices: readonly number[]): Uint8Array {
  const length = 3 * set.size * set.size;
  const bytes = new Uint8Array(indices.length * length);
  indices.forEach((i, n) => bytes.set(set.pictures.subarray(i * length, (i + 1) * length), n * length));
  return bytes;
}

/** The training pictures. */
interface Known extends Thumbnails {
  readonly entries: readonly EmojiEntry[];
}

/** What a picture's neighbours agree with, added up over pictures. */
interface Hits {
  top1: number;
  top5: number;
  style: number;
}

function noHits(): Hits {
  return { top1: 0, top5: 0, style: 0 };
}

/** Compares a picture that should show a name in a style with the training pictures that are nearest to it. */
function judge(hits: Hits, { name, style }: EmojiEntry, of: Thumbnails, index: number, known: Known): Hits {
  const near = nearest(of, index, known, NEAR);
  const found = near.map((neighbour) => known.entries[neighbour.index]);
  if (found[0].name === name) hits.top1++;
  if (found.some((entry) => entry.name === name)) hits.top5++;
  if (found[0].style === style) hits.style++;
  return hits;
}

/** The scores of held-out real pictures. */
function heldoutPictures(
  set: EmojiSet,
  known: Known,
): Pick<EmojiEvaluation, "heldoutPicturesTop5"> {
  const heldout = set.entries.flatMap((entry, i) => entry.heldOut ? [i] : []);
  const pictures = thumbnails(picturesOf(set, heldout), set.size, [0, 255]);
  const hits = noHits();
  heldout.forEach((i, n) => judge(hits, set.entries[i], pictures, n, known));
  return {
    heldoutPicturesTop5: share(hits.top5, heldout.length),
  };
}

/** The scores of a model that reproduced its training data: training pictures, augmented as in training. */
function movedPictures(
  { size, pictures, entries }: EmojiSet,
  known: Known,
): Pick<EmojiEvaluation, `movedPictures${"Top1" | "Top5" | "Style"}`> {
  const generator = new Generator(0);
  const training = entries.flatMap(({ heldOut }, i) => heldOut ? [] : [i]);
  const length = 3 * size * size;
  const hits = noHits();
  for (const i of training) {
    const moved = place(pictures.subarray(i * length, (i + 1) * length), size, drawPlacement(generator), 1);
    judge(hits, entries[i], thumbnails(moved, size, [-1, 1]), 0, known);
  }
  return {
    movedPicturesTop1: share(hits.top1, training.length),
    movedPicturesTop5: share(hits.top5, training.length),
    movedPicturesStyle: share(hits.style, training.length),
  };
}
