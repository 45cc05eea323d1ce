import { ArgumentError } from "../argument_error.ts";
import type { Graph, SessionOptions } from "../onnx/mod.ts";
import { convolutionBlock } from "../onnx/convolution_block.ts";
import { SessionError } from "../onnx/session.ts";
import { type Tensor, tensor, type TensorData } from "../tensor.ts";
import { type GradientReplica, openReplica, openWorkerReplica, type Tensors } from "./gradient_replica.ts";
import { release } from "./release.ts";

/** What a batch's shares have in common. */
export interface SharedVectors {
  /** All parameters. */
  readonly parameters: Float32Array;
  /** All running statistics; empty where there are none. */
  readonly buffers: Float32Array;
}

/** The mean over a batch's shares. */
export interface MeanGradient {
  /** The loss. */
  readonly loss: number;
  /** The gradient of all parameters. */
  readonly gradient: Tensor;
  /** The running statistics after the batch, where there are any. */
  readonly buffers?: Tensor;
}

/** Computes the gradients of batches, by replicas of one graph, share by share. */
export class ShareGradients implements AsyncDisposable {
  #inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  #replicas: readonly GradientReplica[];

  private constructor(graph: Graph, replicas: readonly GradientReplica[]) {
    this.#inputs = graph.inputs
      .filter(({ name }) => name !== "parameters" && name !== "buffers")
      .map(({ name, shape }) => ({ name, shape: shape as readonly number[] }));
    this.#replicas = replicas;
  }

  /**
   * Opens the replicas of a gradient graph.
   *
   * @throws {SessionError} if the device does not work.
   * @throws {ArgumentError} if `replicas` is no whole number from 1.
   */
  static async open(
    graph: Graph,
    { device, threads = navigator.hardwareConcurrency, onFallback, replicas = 1 }:
      & Pick<SessionOptions, "device" | "threads" | "onFallback">
      & { readonly replicas?: number },
  ): Promise<ShareGradients> {
    if (!(Number.isInteger(replicas) && replicas >= 1)) {
      throw new ArgumentError("replicas", replicas, "a whole number from 1");
    }
    const onCpu = device === undefined || device === "cpu";
    const model = graph.toBytes({ convolutionBlock: onCpu ? await convolutionBlock() : undefined });
    const options = { device, memoryPattern: false };
    if (replicas === 1) {
      return new ShareGradients(graph, [await openReplica(model, { ...options, threads, onFallback })]);
    }
    const each = Math.max(1, Math.floor(threads / replicas));
    const opening = await Promise.allSettled(Array.from({ length: replicas }, (_, n) => {
      // All say the same of devices that do not work.
      return openWorkerReplica(model, { ...options, threads: each }, n === 0 ? onFallback : undefined);
    }));
    const opened = opening.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
    const failure = opening.find((result) => result.status === "rejected");
    if (failure) {
      await Promise.all(opened.map((replica) => replica[Symbol.asyncDispose]()));
      throw failure.reason;
    }
    return new ShareGradients(graph, opened);
  }

  /** The device the replicas run on. */
  get device(): string {
    return this.#replicas[0].device;
  }

  /**
   * The mean loss and gradient of a batch, summed in the order of its shares.
   *
   * @throws {SessionError} if an input is missing, unknown, or of another type or shape.
   */
  async run(batch: Tensors, shared: SharedVectors, signal?: AbortSignal): Promise<MeanGradient> {
    const shares = this.#cut(batch);
    const parameters = tensor(shared.parameters, [shared.parameters.length]);
    const common: Record<string, Tensor> = shared.buffers.length
      ? { parameters, buffers: tensor(shared.buffers, [shared.buffers.length]) }
      : { parameters };
    signal?.throwIfAborted();
    await Promise.all(this.#replicas.map((replica) => replica.share(common)));
    // Each replica takes the next of its shares at once; what they find is added in the order of the shares.
    const lanes: Promise<unknown>[] = this.#replicas.map(() => Promise.resolve());
    const running = shares.map((share, i) => {
      const n = i % this.#replicas.length;
      const ran = lanes[n].then(() => {
        signal?.throwIfAborted();
        return this.#replicas[n].run(share);
      });
      lanes[n] = ran;
      return ran;
    });
    // All answers are waited for: one that comes late would be taken for that to the next question.
    const settled = Promise.allSettled(running);
    let loss = 0;
    let gradient: Tensor | undefined;
    let buffers: Tensor | undefined;
    try {
      for (const answer of running) {
        const outputs = await answer;
        loss += outputs.loss.data[0] / shares.length;
        gradient = addShare(gradient, outputs.gradient, 1 / shares.length);
        if (shared.buffers.length) buffers = addShare(buffers, outputs["next.buffers"], 1 / shares.length);
      }
    } finally {
      await settled;
    }
    return { loss, gradient: gradient!, buffers };
  }

  /** Frees the replicas. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#replicas.map((replica) => replica[Symbol.asyncDispose]()));
  }

  /** The shares of a batch: slices along the first axis, as long as the graph says. */
  #cut(batch: Tensors): Tensors[] {
    let count: number | undefined;
    for (const { name, shape: [rows] } of this.#inputs) {
      const given = batch[name]?.shape[0];
      if (rows === undefined || given === undefined) continue;
      const shares = given / rows;
      if (!(Number.isInteger(shares) && shares >= 1)) {
        throw new SessionError(`inputs: "${name}" has ${given} rows where a multiple of ${rows} is expected`);
      }
      if (count !== undefined && shares !== count) {
        throw new SessionError(
          `inputs: "${name}" has ${given} rows where ${count * rows} are expected, as other inputs have`,
        );
      }
      count = shares;
    }
    const length = count ?? 1;
    if (length === 1) return [batch];
    return Array.from({ length }, (_, n) =>
      Object.fromEntries(
        Object.entries(batch).map((
          [name, value],
        ) => [name, value.shape.length ? rowsOf(value, n, length) : value]),
      ));
  }
}

/** The nth of so many equal parts of a tensor's rows. */
function rowsOf<T extends TensorData>({ data, shape }: Tensor<T>, n: number, parts: number): Tensor<T> {
  const size = data.length / parts;
  return tensor(data.slice(n * size, (n + 1) * size) as T, [shape[0] / parts, ...shape.slice(1)]);
}

/** Adds a share's part to a sum, which takes over the first share's array. */
function addShare(sum: Tensor | undefined, share: Tensor, weight: number): Tensor {
  const { data } = share;
  if (!sum) {
    if (weight !== 1) { for (let i = 0; i < data.length; i++) data[i] *= weight; }
    return share;
  }
  for (let i = 0; i < data.length; i++) sum.data[i] += weight * data[i];
  release(share);
  return sum;
}
