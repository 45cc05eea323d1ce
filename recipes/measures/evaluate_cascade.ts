/** Evaluates a cascade by metrics of both stages together that agree with perception. */
import { findModel } from "../../lib/models/mod.ts";
import { Generator } from "../../lib/random.ts";
import { resize } from "../../lib/image.ts";
import { concat, slice, type Tensor } from "../../lib/tensor.ts";
import type { StageEvaluationOptions } from "../emoji/stage_evaluation.ts";
import { composedPrompts } from "./composed_prompts.ts";
import { copies } from "./copies.ts";
import { diversity } from "./diversity.ts";
import { featuresOf } from "./features_of.ts";
import { frechetDistance } from "./frechet_distance.ts";
import { ground } from "./ground.ts";
import { trainIconReader } from "./icon_reader.ts";
import { anagramPairs, hybridPairs } from "./illusion_pairs.ts";
import { anagramShare, hybridShare, knownPairs, type Studio } from "./illusions.ts";
import { type ImageFeatures, openImageFeatures } from "./image_features.ts";
import { kernelDistance } from "./kernel_distance.ts";
import {
  imagesOf,
  indicesOf,
  type Label,
  type LabelledImages,
  loadLabelled,
  pairsOf,
  promptOf,
} from "./labelled_images.ts";
import { openPainter } from "./painter.ts";
import { precisionRecall } from "./precision_recall.ts";
import { sharpness } from "./sharpness.ts";
import { sideBySide } from "./side_by_side.ts";
import { readHalves, showsBoth } from "./things_in_image.ts";
import { topShare } from "./top.ts";

/** How an evaluation is made. */
export interface EvaluateCascadeOptions extends StageEvaluationOptions {
  /** Samples of prompts from the data, a quarter of them of held-out pairs; defaults to 200. */
  readonly count?: number;
  /** Anagrams and as many hybrids, of the fixed 40 pairs of each; defaults to a fifth of the samples, at most 40. */
  readonly pairs?: number;
  /** Prompts of two things; defaults to a fifth of the samples, at most 100. */
  readonly composed?: number;
  /** Names that are drawn with 16 seeds each; defaults to a fiftieth of the samples, from 1 to 8. */
  readonly diverse?: number;
  /** Pictures in place of the data set's. */
  readonly set?: LabelledImages;
  /** The most images that the classifier is trained on, copies included; 6,000 by default. With a fifth of these it reads real
   * pictures nearly as well, but drawn ones at a third of the rate. */
  readonly most?: number;
}

/** What an evaluation finds; where nothing was drawn for a figure, it is left out. */
export interface CascadeEvaluation {
  /** Fréchet distance of the samples to held-out pictures, in the features of MobileNetV2. */
  readonly fid: number;
  /** Kernel distance of the same. */
  readonly kid: number;
  /** The share of samples within the manifold of held-out pictures. */
  readonly precision: number;
  /** The share of held-out pictures within the manifold of the samples. */
  readonly recall: number;
  /** How often a classifier reads the prompt's name, of pairs of name and style that were trained. */
  readonly nameTop1: number;
  /** The same of pairs that were held out. */
  readonly nameTop1HeldOut?: number;
  /** How often it reads the prompt's style. */
  readonly styleTop1: number;
  /** The energy of the samples' Laplacian over that of held-out pictures. */
  readonly sharpness: number;
  /** How much of the samples' ground is white. */
  readonly ground: number;
  /** The median distance to the nearest training picture over that of held-out pictures. */
  readonly copies: number;
  /** The mean distance of 16 seeds of a name over that of its real pictures. */
  readonly diversity?: number;
  /** How many anagrams are read as both things. */
  readonly anagrams?: number;
  /** How many hybrids are. */
  readonly hybrids?: number;
  /** How many prompts of two things are read as both: one in one half of the image, one in the other, each among three names. */
  readonly bothThings?: number;
  readonly [key: string]: number | string | undefined;
}

/** The seeds of a name whose variety is measured. */
const SEEDS = 16;

/** The most pictures of a kind that samples are compared with. */
const MAX_REAL = 4000;

/** The most pictures whose pixels samples are compared with. */
const MAX_COMPARED = 500;

/**
 * Draws samples of a cascade, and measures them beside pictures that were held out of its training, in the features of
 * MobileNetV2 and by a classifier on these.
 *
 * @param first The stage that draws texts: its name or folder.
 * @param second The stage that enlarges.
 * @throws {UnknownModelError} if there is no such model.
 * @throws {EmojiSetError} if the data set is not there.
 * @throws {ArgumentError} if the first stage does not say what it knows, or too few pictures are held out.
 */
export async function evaluateCascade(
  first: string,
  second: string,
  options: EvaluateCascadeOptions = {},
): Promise<CascadeEvaluation> {
  const { count = 200, seed = 0, threads, signal, data } = options;
  const fifth = Math.ceil(count / 5);
  const { pairs = Math.min(40, fifth), composed = Math.min(100, fifth) } = options;
  const { diverse = Math.min(8, Math.max(1, Math.round(count / 50))) } = options;
  const folders = [await findModel(first), await findModel(second)] as const;
  const set = options.set ?? await loadLabelled(folders[0], data);
  const [anagramsOf, hybridsOf] = [anagramPairs, hybridPairs].map((all) =>
    knownPairs(set, all).slice(0, pairs)
  );
  await using network = await openImageFeatures({ threads });
  await using painter = await openPainter(...folders, options);

  // A copy for the classifier costs about a hundredth of an image that is drawn.
  const images = count + SEEDS * diverse + composed + 2 * (anagramsOf.length + hybridsOf.length);
  const progress = new Progress(images, options.onProgress);
  const reader = await trainIconReader(network, set, {
    most: options.most,
    seed,
    threads,
    signal,
    onProgress: (done) => progress.show(done * images * 0.1),
  });
  progress.add(images * 0.1);
  const studio: Studio = { painter, network, reader, set };
  const onDrawn = (drawn: number) => progress.add(drawn * 0.9);

  const labels = drawLabels(set, count, seed);
  const seeds = labels.map((_, i) => seed + i);
  const drawn = await painter.drawPrompts(labels.map((label) => promptOf(set, label)), seeds, onDrawn);
  // A later stage's images are larger than the pictures, and are compared at the pictures' size.
  const seen = painter.size === set.size ? drawn : resize(drawn, set.size, set.size, { filter: "bilinear" });
  const real = await realPictures(network, set, seed, signal);
  const features = await network.of(drawn, { signal });
  const read = reader.read(features);
  const rows = (heldOut: boolean) => labels.flatMap((label, row) => label.heldOut === heldOut ? [row] : []);
  const nameShare = (heldOut: boolean) => {
    const own = rows(heldOut);
    return own.length === 0 ? undefined : topShare(pick(read.names, own), own.map((row) => labels[row].name));
  };
  const readReal = reader.read(real.heldOut);
  const manifold = precisionRecall(real.heldOut.pooled, features.pooled);
  const trained = slice(real.training.pooled, 0, Math.min(count, real.training.pooled.shape[0]));

  return compact({
    fid: frechetDistance(features.pooled, real.heldOut.pooled),
    kid: kernelDistance(features.pooled, real.heldOut.pooled),
    ...manifold,
    nameTop1: nameShare(false),
    nameTop1HeldOut: nameShare(true),
    styleTop1: topShare(read.styles, labels.map(({ style }) => style)),
    sharpness: sharpness(seen, real.images),
    ground: ground(seen),
    copies: copies(features.pooled, real.training.pooled, real.heldOut.pooled),
    diversity: await diversityOf(studio, diverse, seed, onDrawn),
    anagrams: anagramsOf.length
      ? await anagramShare(studio, anagramsOf, { seed, onDrawn: twice(onDrawn) })
      : undefined,
    hybrids: hybridsOf.length
      ? await hybridShare(studio, hybridsOf, { seed, onDrawn: twice(onDrawn) })
      : undefined,
    bothThings: composed ? await bothThingsShare(studio, composed, seed, onDrawn) : undefined,
    realFid: frechetDistance(trained, real.heldOut.pooled),
    realKid: kernelDistance(trained, real.heldOut.pooled),
    realNameTop1: topShare(readReal.names, real.labels.map(({ name }) => name)),
    realStyleTop1: topShare(readReal.styles, real.labels.map(({ style }) => style)),
    realBothThings: await realBothThings(studio, real.images, real.labels),
    realGround: ground(real.images),
    samples: count,
    samplesHeldOut: rows(true).length,
    pictures: real.labels.length,
    pairs: anagramsOf.length,
    steps: painter.steps,
    sampler: painter.sampler,
    guidance: painter.guidance,
    seed,
  }) as CascadeEvaluation;
}

/** The prompts: a quarter of pairs that are held out, each once if there are enough; the rest of others. */
function drawLabels(set: LabelledImages, count: number, seed: number): Label[] {
  const generator = new Generator(seed);
  const some = (pairs: readonly Label[], wanted: number) => {
    const drawn: Label[] = [];
    while (drawn.length < wanted && pairs.length > 0) {
      const order = [...generator.permutation(pairs.length)].map(Number);
      drawn.push(...order.slice(0, wanted - drawn.length).map((i) => pairs[i]));
    }
    return drawn;
  };
  const heldOut = some(pairsOf(set, true), Math.round(count / 4));
  return [...some(pairsOf(set, false), count - heldOut.length), ...heldOut];
}

/** The pictures that samples are compared with. */
async function realPictures(network: ImageFeatures, set: LabelledImages, seed: number, signal?: AbortSignal) {
  const some = (heldOut: boolean) => {
    const all = indicesOf(set, heldOut);
    return [...new Generator(seed).permutation(all.length)].slice(0, MAX_REAL).map((i) => all[Number(i)]);
  };
  const [heldOut, training] = [some(true), some(false)];
  return {
    images: imagesOf(set, heldOut.slice(0, MAX_COMPARED)),
    labels: heldOut.map((i) => set.labels[i]),
    heldOut: await featuresOf(network, set, heldOut, signal),
    training: await featuresOf(network, set, training, signal),
  };
}

/** Draws names that have several real pictures, by their phrase alone, and compares how various both are. */
async function diversityOf(
  { painter, network, set }: Studio,
  wanted: number,
  seed: number,
  onDrawn: (images: number) => void,
): Promise<number | undefined> {
  const byName = Map.groupBy(set.labels.keys(), (i) => set.labels[i].name);
  const several = [...byName].filter(([, own]) => own.length >= 2);
  const order = [...new Generator(seed).permutation(several.length)].slice(0, wanted).map(Number);
  if (order.length === 0) return undefined;
  const names: { samples: Tensor; real: Tensor }[] = [];
  for (const [name, own] of order.map((i) => several[i])) {
    const prompts = Array<string>(SEEDS).fill(set.names[name].phrases[0]);
    const drawn = await painter.drawPrompts(prompts, prompts.map((_, i) => seed + i), onDrawn);
    const [samples, real] = [await network.of(drawn), await featuresOf(network, set, own)];
    names.push({ samples: samples.pooled, real: real.pooled });
  }
  return diversity(names);
}

/** The share of prompts of two things that are read as both. */
async function bothThingsShare(
  { painter, network, reader, set }: Studio,
  count: number,
  seed: number,
  onDrawn: (images: number) => void,
): Promise<number> {
  const prompts = composedPrompts(set, count, seed);
  const images = await painter.drawPrompts(
    prompts.map(({ prompt }) => prompt),
    prompts.map((_, i) => seed + i),
    onDrawn,
  );
  const halves = await readHalves(network, reader, images);
  return prompts.filter(({ names }, row) => showsBoth(halves, row, names)).length / count;
}

/** The same of held-out pictures, each beside the next one of another name. */
async function realBothThings(
  { network, reader }: Studio,
  images: Tensor,
  labels: readonly Label[],
): Promise<number | undefined> {
  const names = labels.slice(0, images.shape[0]).map(({ name }) => name);
  const pairs = names.flatMap((name, row) =>
    name === names[row + 1] || row + 1 === names.length ? [] : [row]
  );
  if (pairs.length === 0) return undefined;
  const some = (shift: number) => concat(pairs.map((row) => slice(images, row + shift, row + shift + 1)));
  const halves = await readHalves(network, reader, sideBySide(some(0), some(1)));
  const both = pairs.filter((row, n) => showsBoth(halves, n, [names[row], names[row + 1]]));
  return both.length / pairs.length;
}

/** An image of two prompts takes twice the time. */
function twice(onDrawn: (images: number) => void): (images: number) => void {
  return (images) => onDrawn(2 * images);
}

/** Some rows of a matrix. */
function pick({ data, shape: [, width] }: Tensor, rows: readonly number[]): Tensor {
  const out = new Float32Array(rows.length * width);
  rows.forEach((row, n) => out.set(data.subarray(row * width, (row + 1) * width), n * width));
  return { data: out, shape: [rows.length, width] };
}

/** Without what is undefined; fractions to five digits. */
function compact(record: Readonly<Record<string, number | string | undefined>>) {
  const known = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([key, value]) => {
    return [key, typeof value === "number" ? Number(value.toPrecision(5)) : value];
  }));
}

/** How much of the work is done. */
class Progress {
  #done = 0;

  constructor(readonly total: number, readonly report?: (done: number) => void) {}

  /** Reports progress of a part of the work. */
  show(ahead: number): void {
    this.report?.(Math.min(1, (this.#done + ahead) / this.total));
  }

  add(work: number): void {
    this.#done += work;
    this.show(0);
  }
}
