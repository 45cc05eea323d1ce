/**
 * Replaces `lib/platform/browser/own_runtime.ts` in the tab: the worker that runs sections has the runtime in a
 * worker of its own. While that one compiles WebAssembly, this one reads weights and builds graphs, and receives cancellations.
 */
export { workerRuntime as ownRuntime } from "../lib/platform/browser/worker_runtime.ts";
