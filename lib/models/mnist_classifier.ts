/**
 * The classifier of 28 x 28 digits as a running model.
 *
 * @module
 */
import { filesOfModel } from "./registry.ts";
import { openComponent } from "../checkpoints/folder.ts";
import type { Folder } from "../platform/mod.ts";
import type { Tensor } from "../tensor.ts";
import { type BatchedSession, openNetwork, openOptionNames, type OpenOptions } from "./batched_session.ts";
import { mnistClasses, readClassifierConfig } from "./mnist_config.ts";
import { assertDigits, mnistClassifierGraph } from "./mnist_graph.ts";
import { assertOptions } from "../options.ts";

/** What a classifier says of images. */
export interface Classification {
  /** The most likely class of each image. */
  readonly labels: number[];
  /** The logits, `[N, classes]`: a softmax makes probabilities of them. */
  readonly logits: Tensor;
}

/** A network that reads digits. */
export class MnistClassifier implements AsyncDisposable {
  /** The number of classes. */
  readonly classes: number;
  readonly #session: BatchedSession;

  /** Made by {@linkcode openMnistClassifier}. */
  constructor(session: BatchedSession, classes: number) {
    this.#session = session;
    this.classes = classes;
  }

  /** Where it runs. */
  get device(): BatchedSession["device"] {
    return this.#session.device;
  }

  /** How long the runtime has computed so far, in milliseconds. */
  get runtimeMs(): number {
    return this.#session.runtimeMs;
  }

  /**
   * Reads images.
   *
   * @param x The images, `[N, 1, 28, 28]` in [0, 1].
   * @param options `signal`: stops between the parts of a large batch.
   * @throws {ArgumentError} if `x` has another shape.
   * @throws The signal's reason, once it is aborted.
   */
  async classify(x: Tensor, options: { readonly signal?: AbortSignal } = {}): Promise<Classification> {
    assertOptions(options, { signal: true });
    assertDigits(x.shape);
    const { logits } = await this.#session.run({ x }, options.signal);
    const labels = Array.from({ length: x.shape[0] }, (_, n) => {
      const row = logits.data.subarray(n * this.classes, (n + 1) * this.classes);
      return row.indexOf(Math.max(...row));
    });
    return { labels, logits };
  }

  /** Frees the session's memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }
}

/**
 * Opens a classifier of digits.
 *
 * @param folder The folder with its `config.json` and weights, or the name of one that ships.
 * @param options The device and the threads.
 * @throws {CheckpointError} if it is another model, or the weights are those of another network.
 * @throws {SafetensorsError} if the weights cannot be read, or are not whole.
 * @throws {SessionError} if the device does not work.
 *
 * @example
 * ```ts
 * import { Generator } from "@denoise/denoise";
 *
 * await using model = await openMnistClassifier("mnist-classifier");
 * const images = new Generator(0).rand([2, 1, 28, 28]);
 * const { labels } = await model.classify(images);
 * ```
 */
export async function openMnistClassifier(
  folder: Folder,
  options: OpenOptions = {},
): Promise<MnistClassifier> {
  assertOptions(options, openOptionNames);
  const { config, weights } = await openComponent(await filesOfModel(folder), mnistClasses.classifier);
  const classifier = readClassifierConfig(config);
  const build = (source: Parameters<typeof mnistClassifierGraph>[1]) =>
    mnistClassifierGraph(classifier, source);
  return new MnistClassifier(await openNetwork(weights, build, options), classifier.classes);
}
