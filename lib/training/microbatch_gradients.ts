import { ArgumentError } from "../argument_error.ts";
import type { Graph, SessionOptions } from "../onnx/mod.ts";
import { convolutionBlock } from "../onnx/convolution_block.ts";
import { SessionError } from "../onnx/session.ts";
import { machine } from "../platform/mod.ts";
import { type Tensor, tensor, type TensorData } from "../tensor.ts";
import { type GradientReplica, openReplica, openWorkerReplica, type Tensors } from "./gradient_replica.ts";
import { freeTensor } from "./free_tensor.ts";

/** The inputs that all microbatches have in common. */
export interface SharedVectors {
  /** All parameters. */
  readonly parameters: Float32Array;
  /** All running statistics; empty where there are none. */
  readonly buffers: Float32Array;
}

/** The mean over the microbatches of a batch. */
export interface MeanGradient {
  /** The loss. */
  readonly loss: number;
  /** The gradient of all parameters. */
  readonly gradient: Tensor;
  /** The running statistics after the batch, where there are any. */
  readonly buffers?: Tensor;
}

/** Computes the gradients of batches by replicas of one graph, one microbatch at a time each. */
export class MicrobatchGradients implements AsyncDisposable {
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
   * @throws {ArgumentError} if `replicas` is not a whole number from 1.
   */
  static async open(
    graph: Graph,
    {
      device,
      threads = navigator.hardwareConcurrency,
      onFallback,
      replicas = 1,
      folder,
      prepack,
      activationCheckpointing = false,
    }:
      & Pick<SessionOptions, "device" | "threads" | "onFallback" | "folder" | "prepack">
      & { readonly replicas?: number; readonly activationCheckpointing?: boolean },
  ): Promise<MicrobatchGradients> {
    if (!(Number.isInteger(replicas) && replicas >= 1)) {
      throw new ArgumentError("replicas", replicas, "a whole number from 1");
    }
    const onCpu = device === undefined || device === "cpu";
    const model = graph.toBytes({
      convolutionBlock: onCpu ? await convolutionBlock() : undefined,
      recompute: activationCheckpointing
        ? graph.outputs.find(({ name }) => name === "loss")?.value
        : undefined,
    });
    const options = { device, memoryPattern: false, folder, prepack };
    if (replicas === 1) {
      return new MicrobatchGradients(graph, [await openReplica(model, { ...options, threads, onFallback })]);
    }
    const each = Math.max(1, Math.floor(threads / replicas));
    const opening = await Promise.allSettled(Array.from({ length: replicas }, (_, n) => {
      // All report the same of devices that do not work.
      const report = n === 0 ? onFallback : undefined;
      const own = { ...options, threads: each };
      if (!machine.runtime.runsInWorkers) return openReplica(model, { ...own, onFallback: report });
      return openWorkerReplica(model, own, report);
    }));
    const opened = opening.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
    const failure = opening.find((result) => result.status === "rejected");
    if (failure) {
      await Promise.all(opened.map((replica) => replica[Symbol.asyncDispose]()));
      throw failure.reason;
    }
    return new MicrobatchGradients(graph, opened);
  }

  /** The device the replicas run on. */
  get device(): string {
    return this.#replicas[0].device;
  }

  /**
   * The mean loss and gradient of a batch, summed in the order of its microbatches.
   *
   * @throws {SessionError} if an input is missing, unknown, or of another type or shape.
   */
  async run(batch: Tensors, shared: SharedVectors, signal?: AbortSignal): Promise<MeanGradient> {
    const microbatches = this.#split(batch);
    const parameters = tensor(shared.parameters, [shared.parameters.length]);
    const common: Record<string, Tensor> = shared.buffers.length
      ? { parameters, buffers: tensor(shared.buffers, [shared.buffers.length]) }
      : { parameters };
    signal?.throwIfAborted();
    await Promise.all(this.#replicas.map((replica) => replica.share(common)));
    // Each replica starts its next microbatch at once; gradients are added in the order of the microbatches.
    const lanes: Promise<unknown>[] = this.#replicas.map(() => Promise.resolve());
    const running = microbatches.map((microbatch, i) => {
      const n = i % this.#replicas.length;
      const ran = lanes[n].then(() => {
        signal?.throwIfAborted();
        return this.#replicas[n].run(microbatch);
      });
      lanes[n] = ran;
      return ran;
    });
    // Wait for all responses: a late one would be taken for that to the next request.
    const settled = Promise.allSettled(running);
    let loss = 0;
    let gradient: Tensor | undefined;
    let buffers: Tensor | undefined;
    try {
      for (const answer of running) {
        const outputs = await answer;
        loss += outputs.loss.data[0] / microbatches.length;
        gradient = accumulate(gradient, outputs.gradient, 1 / microbatches.length);
        if (shared.buffers.length) {
          buffers = accumulate(buffers, outputs["next.buffers"], 1 / microbatches.length);
        }
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

  /** The microbatches of a batch: slices along the first axis, as long as the graph declares. */
  #split(batch: Tensors): Tensors[] {
    let count: number | undefined;
    for (const { name, shape: [rows] } of this.#inputs) {
      const given = batch[name]?.shape[0];
      if (rows === undefined || given === undefined) continue;
      const parts = given / rows;
      if (!(Number.isInteger(parts) && parts >= 1)) {
        throw new SessionError(`inputs: "${name}" has ${given} rows where a multiple of ${rows} is expected`);
      }
      if (count !== undefined && parts !== count) {
        throw new SessionError(
          `inputs: "${name}" has ${given} rows where ${count * rows} are expected, as other inputs have`,
        );
      }
      count = parts;
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

/** Adds a microbatch's weighted part to a sum, which takes over the array of the first. */
function accumulate(sum: Tensor | undefined, part: Tensor, weight: number): Tensor {
  const { data } = part;
  if (!sum) {
    if (weight !== 1) { for (let i = 0; i < data.length; i++) data[i] *= weight; }
    return part;
  }
  for (let i = 0; i < data.length; i++) sum.data[i] += weight * data[i];
  freeTensor(part);
  return sum;
}
