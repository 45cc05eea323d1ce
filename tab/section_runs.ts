/** Running sections in the tab of a page: the page's end of the worker. */
import { siteAddress } from "../components/site.ts";
import type { JobEvent, Parameters } from "../server/wire.ts";
import type { TwoEstimates } from "../report/live/two_estimates.ts";
import type { EstimateRequest, FromSectionWorker, ToSectionWorker, TrainingRequest } from "./protocol.ts";

/** How long a worker may take to handle a cancellation before it is terminated, in milliseconds. */
const PATIENCE = 4000;

/** How long a worker without work keeps its models open, in milliseconds: the memory of WebAssembly never shrinks. */
const IDLE = 120_000;

/** The file name of the packed folder of a model trained in the tab. */
export const MODEL_FILE = "trained-model.zip";

/** The file name of its weights. */
export const WEIGHTS_FILE = "trained-model.safetensors";

/** The callbacks of a run in the tab. */
export interface RunListener {
  /** Called with the same events as from the server. */
  event(event: JobEvent): void;
  /** Is given the file of a figure, before the figure itself, or of a model that was trained. */
  file(name: string, file: Blob): void;
  /** Hears, before the event `done`, how many seconds it has computed: without what opening the models took. */
  computed(seconds: number): void;
  /** Hears whether what is trained is kept by the browser; where it is not, why. */
  kept(problem: string | undefined): void;
  /** Hears how many bytes of those that are fetched are here. */
  loading(received: number, total: number): void;
}

/** A run that was started. */
export interface TabRun {
  /** Ends it; the event `cancelled` follows. */
  cancel(): void;
}

/** The request. */
export interface TabRequest {
  readonly section: string;
  readonly parameters: Parameters;
  /** The names of the models that take part. */
  readonly models: readonly string[];
  /** The reader's own pictures among the parameters, by their names. */
  readonly pictures: Readonly<Record<string, Blob>>;
  /** For a run that trains. */
  readonly training?: TrainingRequest;
}

let jobs = 0;
let current: SectionWorker | undefined;

/** Runs a section in the one worker of this page; another run that is under way comes first. */
export function runInTab(request: TabRequest, listener: RunListener): TabRun {
  current ??= new SectionWorker(() => current = undefined);
  const worker = current;
  const job = ++jobs;
  worker.run(job, request, listener);
  return { cancel: () => worker.cancel(job) };
}

/** Asks a network about one noisy picture, in the same worker; what is under way there comes first. */
export function estimateInTab(
  request: EstimateRequest,
  loading: RunListener["loading"],
): Promise<TwoEstimates> {
  current ??= new SectionWorker(() => current = undefined);
  return current.estimate(++jobs, request, loading);
}

/** An estimate that is still pending. */
interface PendingEstimate extends PromiseWithResolvers<TwoEstimates> {
  readonly loading: RunListener["loading"];
}

/** A run in progress. */
interface Running {
  readonly listener: RunListener;
  readonly started: number;
  /** What was left at the first report, and when: what goes before, such as opening a model, is no measure. */
  first?: { readonly left: number; readonly at: number };
}

class SectionWorker {
  readonly #worker: Worker;
  readonly #running = new Map<number, Running>();
  readonly #pending = new Map<number, PendingEstimate>();
  readonly #onEnd: () => void;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#worker = new Worker(siteAddress("/tab/section_worker.js"), { type: "module", name: "sections" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromSectionWorker>) => this.#onMessage(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const why = event.message || "its program cannot be loaded";
      this.#end({ type: "failed", message: `The worker in this tab has ended: ${why}` });
    };
  }

  run(job: number, request: TabRequest, listener: RunListener): void {
    clearTimeout(this.#idle);
    this.#running.set(job, { listener, started: performance.now() });
    this.#send({ type: "run", job, ...request });
    listener.event({ type: "started" });
  }

  cancel(job: number): void {
    this.#send({ type: "cancel", job });
    setTimeout(() => this.#running.has(job) && this.#end({ type: "cancelled" }), PATIENCE);
  }

  estimate(job: number, request: EstimateRequest, loading: RunListener["loading"]): Promise<TwoEstimates> {
    clearTimeout(this.#idle);
    const asked = { ...Promise.withResolvers<TwoEstimates>(), loading };
    this.#pending.set(job, asked);
    this.#send({ type: "estimate", job, request });
    return asked.promise;
  }

  #send(message: ToSectionWorker): void {
    this.#worker.postMessage(message);
  }

  #onMessage(message: FromSectionWorker): void {
    if (message.type === "loading") {
      for (const { listener } of this.#running.values()) listener.loading(message.received, message.total);
      for (const { loading } of this.#pending.values()) loading(message.received, message.total);
      return;
    }
    const asked = this.#pending.get(message.job);
    if (asked) {
      this.#pending.delete(message.job);
      this.#rest();
      if (message.type === "estimated") asked.resolve(message.estimates);
      else if (message.type === "failed") asked.reject(new Error(message.message));
      return;
    }
    const run = this.#running.get(message.job);
    if (!run) return;
    const { listener } = run;
    switch (message.type) {
      case "event": {
        const { event } = message;
        return listener.event(
          event.type === "progress" ? { ...event, remaining: remainingOf(run, event) } : event,
        );
      }
      case "figure":
        listener.file(message.figure.file, message.file);
        return listener.event({ type: "figure", figure: message.figure });
      case "model":
        listener.file(WEIGHTS_FILE, message.weights);
        return listener.file(MODEL_FILE, message.folder);
      case "kept":
        return listener.kept(message.problem);
      case "done": {
        const { started, first = { at: started, left: 1 } } = run;
        const now = performance.now();
        listener.computed((now - first.at) / 1000 / first.left);
        return this.#over(message.job, { type: "done", seconds: (now - started) / 1000 });
      }
      case "aborted":
        return this.#over(message.job, { type: "cancelled" });
      case "failed":
        return this.#over(message.job, { type: "failed", message: message.message, ...message.fault });
    }
  }

  #over(job: number, event: JobEvent): void {
    const run = this.#running.get(job);
    this.#running.delete(job);
    run?.listener.event(event);
    this.#rest();
  }

  /** Without work the worker is ended after a while. */
  #rest(): void {
    if (this.#running.size > 0 || this.#pending.size > 0) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#end({ type: "cancelled" }), IDLE);
  }

  /** Terminates the worker; its runs receive the event. */
  #end(event: JobEvent): void {
    this.#worker.terminate();
    this.#onEnd();
    for (const job of [...this.#running.keys()]) this.#over(job, event);
    const why = event.type === "failed" ? event.message : "The worker in this tab has ended";
    for (const { reject } of this.#pending.values()) reject(new Error(why));
    this.#pending.clear();
    clearTimeout(this.#idle);
  }
}

/** The seconds that are left, by how fast it went since the first report; null where nothing can be said yet. */
function remainingOf(run: Running, { done, total }: { readonly done: number; readonly total: number }) {
  const left = total > 0 ? Math.max(0, 1 - done / total) : 1;
  const at = performance.now();
  run.first ??= { left, at };
  const gone = run.first.left - left;
  return gone > 0 ? left * (at - run.first.at) / 1000 / gone : null;
}
