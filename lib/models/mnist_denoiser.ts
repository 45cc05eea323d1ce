/**
 * The single-step denoiser for 28 x 28 digits as a running model.
 *
 * @module
 */
import { filesOfModel } from "./registry.ts";
import { openComponent } from "../checkpoints/folder.ts";
import type { Folder } from "../platform/mod.ts";
import type { Tensor } from "../tensor.ts";
import { type BatchedSession, openNetwork, openOptionNames, type OpenOptions } from "./batched_session.ts";
import { mnistClasses, type MnistUnetConfig, readUnetConfig } from "./mnist_config.ts";
import { assertDigits, mnistUnetGraph } from "./mnist_graph.ts";
import { assertOptions } from "../options.ts";

/** A network that estimates the digit in `x + sigma noise`, for the single sigma that it was trained on. */
export class MnistDenoiser implements AsyncDisposable {
  /** The standard deviation of the noise that it was trained on. */
  readonly sigma: number;
  /** The values that black and white have in clean images. */
  readonly range: readonly [black: number, white: number];
  readonly #session: BatchedSession;

  /** Made by {@linkcode openMnistDenoiser}. */
  constructor(session: BatchedSession, { sigma = 0.5, range }: MnistUnetConfig) {
    this.#session = session;
    this.sigma = sigma;
    this.range = range;
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
   * The clean images in noisy ones.
   *
   * @param x The noisy images, `[N, 1, 28, 28]`; without noise they would be in [0, 1].
   * @param options `signal`: stops between the parts of a large batch.
   * @returns Their clean versions, `[N, 1, 28, 28]`; they are not clipped.
   * @throws {ArgumentError} if `x` has another shape.
   * @throws The signal's reason, once it is aborted.
   */
  async denoise(x: Tensor, options: { readonly signal?: AbortSignal } = {}): Promise<Tensor> {
    assertOptions(options, { signal: true });
    assertDigits(x.shape);
    return (await this.#session.run({ x }, options.signal)).y;
  }

  /** Frees the session's memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }
}

/**
 * Opens a single-step denoiser for digits.
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
 * await using model = await openMnistDenoiser("mnist-denoiser");
 * const noisy = new Generator(0).rand([1, 1, 28, 28]);
 * const clean = await model.denoise(noisy);
 * ```
 */
export async function openMnistDenoiser(folder: Folder, options: OpenOptions = {}): Promise<MnistDenoiser> {
  assertOptions(options, openOptionNames);
  const { config, weights } = await openComponent(await filesOfModel(folder), mnistClasses.unet);
  const unet = readUnetConfig(config);
  if (unet.timeConditioned) config.fail("time_conditioned", "false");
  if (unet.classes) config.fail("num_class_embeds", "null");
  const session = await openNetwork(weights, (source) => mnistUnetGraph(unet, source), options);
  return new MnistDenoiser(session, unet);
}
