/** What pictures are compared by: the features of a network that has never seen this project's pictures. */
import { TensorSource } from "../../lib/nn/sources.ts";
import { Scope } from "../../lib/nn/scope.ts";
import { Graph, openSession, resizeBilinear, type Session } from "../../lib/onnx/mod.ts";
import { slice, type Tensor } from "../../lib/tensor.ts";
import { foldedWeights } from "./folded_weights.ts";
import { batchNormOf, MOBILENET_FEATURES, MOBILENET_SIZE, mobilenetV2 } from "./mobilenet_v2.ts";
import { readNsfwjsWeights } from "./nsfwjs_weights.ts";

/** Pictures that go through the network at a time. */
const BATCH = 16;

/** Options of {@linkcode ImageFeatures}. */
export interface ImageFeaturesOptions {
  /** Threads of the CPU. */
  readonly threads?: number;
}

/** MobileNetV2 as a running model, for pictures of any size. */
export class ImageFeatures implements AsyncDisposable {
  readonly #options: ImageFeaturesOptions;
  readonly #weights: Record<string, Tensor>;
  /** A session for each size of pictures: they are enlarged in the graph. */
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
   * @returns `[N, 1280]`
   * @throws {RangeError} if the images have another shape.
   */
  async of(images: Tensor, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Tensor> {
    const [count, channels, height, width] = images.shape;
    if (images.shape.length !== 4 || channels !== 3) {
      throw new RangeError(`images: shape [${images.shape}] where [N, 3, height, width] is expected`);
    }
    const session = await this.#sessionFor(height, width);
    const data = new Float32Array(count * MOBILENET_FEATURES);
    for (let start = 0; start < count; start += BATCH) {
      const x = slice(images, start, Math.min(count, start + BATCH));
      const { features } = await session.run({ x }, { signal });
      data.set(features.data, start * MOBILENET_FEATURES);
    }
    return { data, shape: [count, MOBILENET_FEATURES] };
  }

  #sessionFor(height: number, width: number): Promise<Session> {
    const key = `${height}x${width}`;
    const known = this.#sessions.get(key);
    if (known) return known;
    const graph = new Graph("mobilenet_v2");
    const x = graph.input("x", "float32", ["batch", 3, height, width]);
    const same = height === MOBILENET_SIZE && width === MOBILENET_SIZE;
    const resized = same ? x : resizeBilinear(x, MOBILENET_SIZE, MOBILENET_SIZE);
    graph.output("features", mobilenetV2(new Scope(graph, new TensorSource(this.#weights), false), resized));
    const opened = openSession(graph, this.#options);
    this.#sessions.set(key, opened);
    return opened;
  }

  /** Frees the sessions' memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of this.#sessions.values()) await (await session)[Symbol.asyncDispose]();
  }
}

/**
 * Opens MobileNetV2 with the weights of the package nsfwjs: trained on ImageNet's photographs, so independent of
 * everything that is trained here.
 *
 * @example
 * ```ts ignore
 * await using network = await openImageFeatures();
 * const features = await network.of(pictures);
 * ```
 */
export async function openImageFeatures(options: ImageFeaturesOptions = {}): Promise<ImageFeatures> {
  return new ImageFeatures(foldedWeights(await readNsfwjsWeights(), batchNormOf), options);
}
