/** The worker that computes for a page: it holds the runtime and all sessions, and does one thing after the other. */
import { type RuntimeSession, RuntimeStartError } from "../runtime.ts";
import type { Answers, FromWorker, Request, RuntimeTensors, ToWorker } from "./runtime_protocol.ts";
import { webRuntime } from "./web_runtime.ts";

/** What a worker's global scope has that a window's has not. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const sessions = new Map<number, RuntimeSession>();
let opened = 0;

async function answer(request: Request): Promise<Answers[keyof Answers]> {
  switch (request.kind) {
    case "start":
      await webRuntime.start();
      return undefined;
    case "open": {
      const session = await webRuntime.open(request.model, request.options);
      sessions.set(++opened, session);
      return { session: opened, inputs: session.inputs, outputNames: session.outputNames };
    }
    case "run":
      return await sessions.get(request.session)!.run(request.inputs, request.outputs);
    case "release":
      await sessions.get(request.session)!.release();
      sessions.delete(request.session);
      return undefined;
  }
}

/** The memory of a run's outputs, which goes to the page with them. */
function memoryOf(outputs: RuntimeTensors): ArrayBuffer[] {
  return [...new Set(Object.values(outputs).map(({ data }) => data.buffer as ArrayBuffer))];
}

async function respond({ id, request }: ToWorker): Promise<void> {
  try {
    const value = await answer(request);
    scope.postMessage({ id, value }, request.kind === "run" ? memoryOf(value as RuntimeTensors) : []);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    scope.postMessage({ id, message, cannotStart: error instanceof RuntimeStartError });
  }
}

// The runtime on WebGPU refuses what is asked of it while it computes.
let last = Promise.resolve();
scope.onmessage = ({ data }) => {
  last = last.then(() => respond(data));
};
