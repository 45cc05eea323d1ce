/** A classifier of icons: which name an image shows, and in which style. Trained at each evaluation, apart from every generator. */
import { ArgumentError, described } from "../../lib/errors.ts";
import { Generator } from "../../lib/random.ts";
import { concat, type Tensor } from "../../lib/tensor.ts";
import type { Features, ImageFeatures } from "./image_features.ts";
import { imagesOf, indicesOf, type LabelledImages } from "./labelled_images.ts";
import { type LinearHead, readLinearHead, trainLinearHead } from "./linear_head.ts";
import { reduced, variedCopy } from "./varied_copy.ts";

/** The most images that a reader is trained on, copies included: a few minutes' work. */
const MAX_IMAGES = 6000;

/** The most copies of one image. */
const COPIES = 8;

/** Images that are prepared at a time. */
const CHUNK = 64;

/** Options of {@linkcode trainIconReader}. */
export interface IconReaderOptions {
  /** The seed of copies and of the order of training; defaults to 0. */
  readonly seed?: number;
  /** The most images to train on, copies included; defaults to 6,000. */
  readonly most?: number;
  /** Threads of the CPU. */
  readonly threads?: number;
  /** Stops between batches. */
  readonly signal?: AbortSignal;
  /** Called with the progress, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** Probabilities that were read, a row for each image. */
export interface Reading {
  /** `[N, names]` */
  readonly names: Tensor;
  /** `[N, styles]` */
  readonly styles: Tensor;
}

/** A trained reader. */
export class IconReader {
  readonly #names: LinearHead;
  readonly #styles: LinearHead;

  /** Made by {@linkcode trainIconReader}. */
  constructor(names: LinearHead, styles: LinearHead) {
    this.#names = names;
    this.#styles = styles;
  }

  /** Reads images by their features. */
  read({ content, look }: Pick<Features, "content" | "look">): Reading {
    return { names: readLinearHead(this.#names, content), styles: readLinearHead(this.#styles, look) };
  }
}

/**
 * Trains a reader on the images that are not held out, each as it is and in varied copies; every other one is 32 x 32, so that
 * small images are read as well as large ones.
 *
 * @throws {ArgumentError} if all images are held out.
 */
export async function trainIconReader(
  network: ImageFeatures,
  set: LabelledImages,
  options: IconReaderOptions = {},
): Promise<IconReader> {
  const { seed = 0, most = MAX_IMAGES, threads, signal, onProgress } = options;
  const generator = new Generator(seed);
  const training = indicesOf(set, false);
  if (training.length === 0) {
    throw new ArgumentError("set", described("all images are held out"), "some to train on", {
      plural: true,
    });
  }
  const chosen = [...generator.permutation(training.length)].slice(0, most).map((i) => training[Number(i)]);
  const copies = Math.min(COPIES, Math.max(1, Math.floor(most / chosen.length)));
  const rows = Array.from({ length: copies }, (_, copy) => chosen.map((index) => ({ index, copy }))).flat();
  const features: Features[] = [];
  const ids: number[] = [];
  for (let start = 0; start < rows.length; start += CHUNK) {
    const part = rows.slice(start, start + CHUNK);
    for (const small of [false, true]) {
      const own = part.filter(({ index, copy }) => (index + copy) % 2 === (small ? 1 : 0));
      if (own.length === 0) continue;
      const images = concat(own.map(({ index, copy }) => copyOf(set, index, copy, generator)));
      features.push(await network.of(small ? reduced(images) : images, { signal }));
      ids.push(...own.map(({ index }) => index));
    }
    onProgress?.((start + part.length) / rows.length);
  }
  const head = (kind: "content" | "look", classes: number, classOf: (index: number) => number) =>
    trainLinearHead(concat(features.map((one) => one[kind])), oneHot(ids.map(classOf), classes), {
      seed,
      threads,
      signal,
    });
  return new IconReader(
    await head("content", set.names.length, (index) => set.labels[index].name),
    await head("look", set.styles.length, (index) => set.labels[index].style),
  );
}

/** The first two copies are the image itself, large and small. */
function copyOf(set: LabelledImages, index: number, copy: number, generator: Generator): Tensor {
  if (copy < 2) return imagesOf(set, [index]);
  const length = 3 * set.size * set.size;
  return variedCopy(set.images.subarray(index * length, (index + 1) * length), set.size, generator);
}

function oneHot(ids: readonly number[], classes: number): Tensor {
  const data = new Float32Array(ids.length * classes);
  ids.forEach((id, row) => data[row * classes + id] = 1);
  return { data, shape: [ids.length, classes] };
}
