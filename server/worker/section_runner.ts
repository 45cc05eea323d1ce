/** Runs jobs in a worker process, which is replaced where it ends or has to. */
import type { Fault, WireFigure } from "../wire.ts";
import type { FromWorker, ToWorker, WorkerEvent } from "./protocol.ts";
import { type WorkerCommand, WorkerProcess } from "./worker_process.ts";

/** How long a process may take to respond to a cancellation, before it is killed, in milliseconds. */
const PATIENCE = 5000;

/** How long a process may take to export its spans when it is to end, in milliseconds. */
const EXPORT = 2000;

/** A process that ends within this time of its start is not started again at once, in milliseconds. */
const TOO_SOON = 1000;

/** What is to be run. */
export type SectionRun = Omit<Extract<ToWorker, { type: "run" }>, "type">;

/** Receives the events of a run. What it throws ends the run. */
export interface RunListener {
  /** The run has published an event. */
  event(event: WorkerEvent): Promise<void>;
  /** The run has made a figure. */
  figure(figure: WireFigure, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

/** How a run ended. */
export type RunOutcome =
  | { readonly type: "end" }
  | { readonly type: "error"; readonly message: string; readonly fault?: Fault }
  | { readonly type: "aborted" }
  /** The process ended; `how` says by which status or signal, `company` how many other runs it had: any of them may be why. */
  | { readonly type: "lost"; readonly how: string; readonly company: number };

/** A run that goes on. */
interface Going {
  readonly worker: WorkerProcess;
  readonly onMessage: (message: FromWorker) => void;
}

/** A place for runs that share a process, and the models that it has open. */
export class SectionRunner implements AsyncDisposable {
  readonly #command: WorkerCommand;
  readonly #megabytes: number;
  readonly #onReplaced: () => void;
  #process: WorkerProcess | undefined;
  #since = 0;
  readonly #going = new Map<string, Going>();
  /** The process that takes no more runs, and is replaced when those that it has are over. */
  #leaving: WorkerProcess | undefined;
  #closed = false;

  /**
   * Starts the process.
   *
   * @param command How.
   * @param options A process that has used more megabytes is replaced after its run; `onReplaced` is called for each that is.
   */
  constructor(command: WorkerCommand, options: { megabytes: number; onReplaced: () => void }) {
    this.#command = command;
    this.#megabytes = options.megabytes;
    this.#onReplaced = options.onReplaced;
    this.#start();
  }

  /** The number of its process; undefined between two. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Whether it takes a run now: not while its process is to be replaced. */
  get isOpen(): boolean {
    return this.#leaving === undefined || this.#leaving !== this.#process;
  }

  /**
   * Runs a section.
   *
   * @param run What; others may be running here where they go together.
   * @param listener Hears of it, in order.
   * @param signal Ends it.
   * @throws what the listener has thrown, when the run is over.
   */
  async run(run: SectionRun, listener: RunListener, signal: AbortSignal): Promise<RunOutcome> {
    const worker = this.#process ?? await this.#startAgain();
    const { promise, resolve } = Promise.withResolvers<RunOutcome>();
    const failed = new AbortController();
    let handled = Promise.resolve();
    const onMessage = (message: FromWorker) => {
      handled = handled.then(async () => {
        switch (message.type) {
          case "event":
            return await listener.event(message.event);
          case "figure":
            return await listener.figure(message.figure, Uint8Array.fromBase64(message.data));
          case "end":
            if (message.megabytes > this.#megabytes) this.#leaving = worker;
            return resolve({ type: "end" });
          case "error": {
            const { message: text, fault } = message;
            return resolve({ type: "error", message: text, ...(fault && { fault }) });
          }
          case "aborted":
            return resolve({ type: "aborted" });
        }
      }).catch((error) => {
        failed.abort(error);
        // What ended the run came from the listener, or comes from the process.
        if (message.type !== "event" && message.type !== "figure") resolve({ type: "aborted" });
      });
    };
    this.#going.set(run.job, { worker, onMessage });
    worker.ended.then((how) => {
      const company = this.#runsOf(worker) - 1;
      handled.then(() => resolve({ type: "lost", how, company }));
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = () => {
      worker.tell({ type: "cancel", job: run.job });
      timer ??= setTimeout(() => this.#replace(worker), PATIENCE);
    };
    const ends = AbortSignal.any([signal, failed.signal]);
    ends.addEventListener("abort", stop, { once: true });
    worker.tell({ type: "run", ...run });
    if (ends.aborted) stop();
    try {
      const outcome = await promise;
      if (failed.signal.aborted) throw failed.signal.reason;
      return outcome.type === "lost" && signal.aborted ? { type: "aborted" } : outcome;
    } finally {
      ends.removeEventListener("abort", stop);
      clearTimeout(timer);
      this.#going.delete(run.job);
      if (this.#leaving === worker && this.#runsOf(worker) === 0) this.#replace(worker);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const isTraced = this.#command.env.OTEL_DENO !== undefined;
    await (isTraced && this.#going.size === 0 ? this.#process?.end(EXPORT) : this.#process?.kill());
  }

  #start(): WorkerProcess {
    this.#since = Date.now();
    const worker = new WorkerProcess(this.#command, (message) => {
      if (message.type === "ready") return;
      const going = this.#going.get(message.job);
      if (going?.worker === worker) going.onMessage(message);
    });
    this.#process = worker;
    worker.ended.then(async () => {
      if (this.#closed) return;
      this.#onReplaced();
      if (this.#process === worker) this.#process = undefined;
      await this.#startAgain();
    });
    return worker;
  }

  /** Starts another process, later where the last one ended at once. */
  async #startAgain(): Promise<WorkerProcess> {
    const pause = this.#since + TOO_SOON - Date.now();
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    return this.#process ?? this.#start();
  }

  #runsOf(worker: WorkerProcess): number {
    return [...this.#going.values()].filter((going) => going.worker === worker).length;
  }

  #replace(worker: WorkerProcess): void {
    if (this.#process === worker) void worker.kill();
  }
}
