/**
 * Replicas: copies of a gradient graph, each in a session of its own. One runs in this thread; several run in workers,
 * side by side, since a session blocks its thread while it computes.
 */
import { openSession, type SessionOptions } from "../onnx/mod.ts";
import { SessionError } from "../onnx/session.ts";
import type { Tensor, TensorData } from "../tensor.ts";

/** Inputs or outputs by name. */
export type Tensors = Readonly<Record<string, Tensor<TensorData>>>;

/** What of a session's options can be sent to a worker. */
export type ReplicaOptions = Pick<
  SessionOptions,
  "device" | "threads" | "memoryPattern" | "folder" | "prepack"
>;

/** One copy of a gradient graph. */
export interface GradientReplica extends AsyncDisposable {
  /** The device it runs on. */
  readonly device: string;
  /** Sets the inputs that the next runs have in common. */
  share(common: Tensors): Promise<void>;
  /** Computes all outputs from what is shared and the inputs of this run. */
  run(inputs: Tensors): Promise<Readonly<Record<string, Tensor>>>;
}

/** A message to a worker. */
export type ToWorker =
  | { readonly kind: "open"; readonly model: Uint8Array; readonly options: ReplicaOptions }
  | { readonly kind: "share"; readonly common: Tensors }
  | { readonly kind: "run"; readonly inputs: Tensors }
  | { readonly kind: "close" };

/** The response of a worker, one for each message. */
export type FromWorker =
  | { readonly kind: "opened"; readonly device: string; readonly fallbacks: readonly string[] }
  | { readonly kind: "shared" }
  | { readonly kind: "ran"; readonly outputs: Readonly<Record<string, Tensor>> }
  | { readonly kind: "closed" }
  | { readonly kind: "failed"; readonly message: string };

/**
 * Opens a replica in this thread.
 *
 * @throws {SessionError} if the model is refused, or the device does not work.
 */
export async function openReplica(model: Uint8Array, options: SessionOptions): Promise<GradientReplica> {
  const session = await openSession(model, options);
  let shared: Tensors = {};
  return {
    device: session.device,
    share: (common) => {
      shared = common;
      return Promise.resolve();
    },
    run: (inputs) => session.run({ ...shared, ...inputs }),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/**
 * Opens a replica in a worker.
 *
 * @throws {SessionError} if the model is refused, or the device does not work.
 */
export async function openWorkerReplica(
  model: Uint8Array,
  options: ReplicaOptions,
  onFallback?: (message: string) => void,
): Promise<GradientReplica> {
  const worker = new Worker(new URL("./gradient_worker.ts", import.meta.url), { type: "module" });
  const ask = (message: ToWorker, transfer: Transferable[] = []): Promise<FromWorker> =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        if (data.kind === "failed") reject(new SessionError(data.message));
        else resolve(data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new SessionError(`replica: ${event.message}`));
      };
      worker.postMessage(message, transfer);
    });
  try {
    const opened = await ask({ kind: "open", model, options });
    if (opened.kind !== "opened") throw new SessionError(`replica: answered ${opened.kind}`);
    opened.fallbacks.forEach((message) => onFallback?.(message));
    let closed: Promise<void> | undefined;
    const close = async () => {
      await ask({ kind: "close" });
      worker.terminate();
    };
    return {
      device: opened.device,
      async share(common) {
        if (closed) throw closedError();
        await ask({ kind: "share", common });
      },
      async run(inputs) {
        if (closed) throw closedError();
        const ran = await ask({ kind: "run", inputs });
        if (ran.kind !== "ran") throw new SessionError(`replica: answered ${ran.kind}`);
        return ran.outputs;
      },
      // A worker that has ended does not respond.
      [Symbol.asyncDispose]: () => closed ??= close(),
    };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

function closedError(): SessionError {
  return new SessionError("replica: closed where an open one is expected");
}
