/** Features for comparing and classifying images, from a network that was not trained on this project's pictures. */
import { ArgumentError } from "../../lib/errors.ts";
import { Scope, TensorSource } from "../../lib/nn/mod.ts";
import {
  averagePool2d,
  concat,
  Graph,
  max,
  mean,
  openSession,
  reshape,
  resizeBilinear,
  type Session,
  sqrt,
  square,
  sub,
  type Value,
} from "../../lib/onnx/mod.ts";
import { concat as join, slice, type Tensor } from "../../lib/tensor.ts";
import { foldedWeights } from "./folded_weights.ts";
import { batchNormOf, MOBILENET_SIZE, mobilenetV2 } from "./mobilenet_v2.ts";
import { readNsfwjsWeights } from "./nsfwjs_weights.ts";

/** Images that go through the network at a time. */
const BATCH = 16;

/** Height and width of the thumbnails among the features of content. */
const THUMBNAIL = 16;

/** What a network sees in images. */
export interface Features {
  /** The network's own pooled features, `[N, 1280]`: what sets of images are compared by. */
  readonly pooled: Tensor;
  /** What tells things apart, `[N, D]`: the pooled features, those of middle depths, a coarse layout and a thumbnail. */
  readonly content: Tensor;
  /** What tells styles apart, `[N, E]`: mean and deviation of the features of the first half, which are of edges and textures. */
  readonly look: Tensor;
}

/** Options of {@linkcode openImageFeatures}. */
export interface ImageFeaturesOptions {
  /** Threads of the CPU. */
  readonly threads?: number;
}

/** MobileNetV2 as a running model, for images of any size. */
export class ImageFeatures implements AsyncDisposable {
  readonly #options: ImageFeaturesOptions;
  readonly #weights: Record<string, Tensor>;
  /** A session for each size of images: they are enlarged in the graph. */
  readonly #sessions = new Map<string, Promise<Session>>();

  /** Made by {@linkcode openImageFeatures}. */
  constructor(weights: Record<string, Tensor>, options: ImageFeaturesOptions) {
    this.#weights = weights;
    this.#options = options;
  }

  /**
   * Computes features.
   *
   * @param images `[N, 3, H, W]` in 0..1; brought to 224 x 224 by bilinear interpolation.
   * @param options `signal`: stops between the parts of a large batch.
   * @throws {ArgumentError} if the images have another shape, or there are none.
   */
  async of(images: Tensor, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Features> {
    const [count, channels, height, width] = images.shape;
    if (images.shape.length !== 4 || channels !== 3 || count === 0) {
      throw new ArgumentError("images", images, "[N, 3, height, width]");
    }
    const session = await this.#sessionFor(height, width);
    const parts: Record<string, Tensor>[] = [];
    for (let start = 0; start < count; start += BATCH) {
      const x = slice(images, start, Math.min(count, start + BATCH));
      parts.push(await session.run({ x }, { signal }));
    }
    const all = (name: keyof Features) => join(parts.map((part) => part[name]));
    return { pooled: all("pooled"), content: all("content"), look: all("look") };
  }

  #sessionFor(height: number, width: number): Promise<Session> {
    const key = `${height}x${width}`;
    const known = this.#sessions.get(key);
    if (known) return known;
    const opened = openSession(featureGraph(height, width, this.#weights), this.#options);
    this.#sessions.set(key, opened);
    return opened;
  }

  /** Frees the sessions' memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of this.#sessions.values()) await (await session)[Symbol.asyncDispose]();
  }
}

function featureGraph(height: number, width: number, weights: Record<string, Tensor>): Graph {
  const graph = new Graph("image_features");
  const x = graph.input("x", "float32", ["batch", 3, height, width]);
  const same = height === MOBILENET_SIZE && width === MOBILENET_SIZE;
  const resized = same ? x : resizeBilinear(x, MOBILENET_SIZE, MOBILENET_SIZE);
  const { rows, pooled } = mobilenetV2(new Scope(graph, new TensorSource(weights), false), resized);
  const layout = flat(averagePool2d(rows[4], 7));
  const thumbnail = flat(averagePool2d(resized, MOBILENET_SIZE / THUMBNAIL));
  const middle = rows.slice(3, 6).map(moments);
  graph.output("pooled", pooled);
  graph.output("content", concat([pooled, ...middle, layout, thumbnail], 1));
  graph.output("look", concat(rows.slice(0, 4).map(moments), 1));
  return graph;
}

function flat(x: Value): Value {
  const [n, ...rest] = x.shape;
  return reshape(x, [n, rest.reduce<number>((product, dim) => product * (dim as number), 1)]);
}

/** Mean and deviation of each channel over all places. */
function moments(x: Value): Value {
  const axes = [2, 3];
  const average = mean(x, { axes });
  const variance = sub(mean(square(x), { axes }), square(average));
  return concat([average, sqrt(max(variance, 0))], 1);
}

/**
 * Opens MobileNetV2 with the weights of the package nsfwjs: trained on the photographs of ImageNet, its second half then on
 * photographs and drawings that the package sorts; so independent of everything that is trained here.
 *
 * @example
 * ```ts ignore
 * await using network = await openImageFeatures();
 * const { pooled } = await network.of(images);
 * ```
 */
export async function openImageFeatures(options: ImageFeaturesOptions = {}): Promise<ImageFeatures> {
  return new ImageFeatures(foldedWeights(await readNsfwjsWeights(), batchNormOf), options);
}
