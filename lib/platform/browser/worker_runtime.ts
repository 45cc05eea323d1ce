/**
 * The runtime as a page has it: in a worker, since a run blocks its thread, and a page must go on.
 *
 * @module
 */
import { type Runtime, type RuntimeOptions, type RuntimeSession, RuntimeStartError } from "../runtime.ts";
import type { Answers, FromWorker, Opened, Request, RuntimeTensors, ToWorker } from "./runtime_protocol.ts";
import { startWorker } from "./start_worker.ts";
import { webRuntime } from "./web_runtime.ts";

/** How long a worker without a session is kept for the next, in milliseconds: the memory of WebAssembly never shrinks. */
const IDLE = 30_000;

/** A request that waits for its answer. */
interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A worker, and what it has been asked. */
class RuntimeWorker {
  /** How many sessions it holds, or is opening. */
  sessions = 0;
  readonly #worker = startWorker();
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #failure: Error | undefined;

  constructor(onEnd: () => void) {
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ("value" in data) waiting?.resolve(data.value);
      else waiting?.reject(data.cannotStart ? new RuntimeStartError(data.message) : new Error(data.message));
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const why = event.message || "its program cannot be loaded";
      this.end(new RuntimeStartError(`worker: ended where it should compute: ${why}`));
      onEnd();
    };
  }

  /** Whether it holds no session any more. */
  get hasEnded(): boolean {
    return this.#failure !== undefined;
  }

  /** Asks; what is transferred is not to be used any more. */
  ask<Kind extends Request["kind"]>(
    request: Extract<Request, { kind: Kind }>,
    transfer: Transferable[] = [],
  ): Promise<Answers[Kind]> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = ++this.#asked;
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const message: ToWorker = { id, request };
      this.#worker.postMessage(message, transfer);
    }) as Promise<Answers[Kind]>;
  }

  /** Ends it; pending calls are rejected with the reason. */
  end(failure: Error): void {
    this.#failure = failure;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(failure);
    this.#waiting.clear();
  }
}

let current: RuntimeWorker | undefined;
let idle: ReturnType<typeof setTimeout> | undefined;

/** The one worker of this page. */
function worker(): RuntimeWorker {
  clearTimeout(idle);
  current ??= new RuntimeWorker(() => current = undefined);
  return current;
}

function endIfIdle(): void {
  clearTimeout(idle);
  idle = setTimeout(() => {
    if (!current || current.sessions > 0) return;
    current.end(new RuntimeStartError("worker: ended where a session is used"));
    current = undefined;
  }, IDLE);
}

/** ONNX Runtime in a worker of the page. */
export const workerRuntime: Runtime = {
  devices: webRuntime.devices,
  hasBlockedConvolutions: webRuntime.hasBlockedConvolutions,
  runsInWorkers: webRuntime.runsInWorkers,
  async start() {
    try {
      await worker().ask({ kind: "start" });
    } finally {
      endIfIdle();
    }
  },
  open,
  explain: webRuntime.explain,
};

async function open(model: Uint8Array, options: RuntimeOptions): Promise<RuntimeSession> {
  const holder = worker();
  holder.sessions++;
  try {
    return new WorkerSession(holder, await holder.ask({ kind: "open", model, options }));
  } catch (error) {
    holder.sessions--;
    endIfIdle();
    throw error;
  }
}

/** A session in a worker. */
class WorkerSession implements RuntimeSession {
  readonly inputs: RuntimeSession["inputs"];
  readonly outputNames: RuntimeSession["outputNames"];
  readonly #holder: RuntimeWorker;
  readonly #session: number;

  constructor(holder: RuntimeWorker, { session, inputs, outputNames }: Opened) {
    this.#holder = holder;
    this.#session = session;
    this.inputs = inputs;
    this.outputNames = outputNames;
  }

  async run(inputs: RuntimeTensors, outputs: readonly string[]): Promise<RuntimeTensors> {
    const transfer: Transferable[] = [];
    const sent = Object.fromEntries(
      Object.entries(inputs).map(([name, tensor]) => {
        const { data } = tensor;
        if (data.byteLength === data.buffer.byteLength) return [name, tensor];
        // Of a part of an array all of it would be sent.
        const part = data.slice();
        transfer.push(part.buffer as ArrayBuffer);
        return [name, { ...tensor, data: part }];
      }),
    );
    return await this.#holder.ask({ kind: "run", session: this.#session, inputs: sent, outputs }, transfer);
  }

  async release(): Promise<void> {
    // A worker that has ended holds nothing.
    if (this.#holder.hasEnded) return;
    await this.#holder.ask({ kind: "release", session: this.#session });
    this.#holder.sessions--;
    endIfIdle();
  }
}
