/** Replaces `lib/platform/browser/start_worker.ts` in the bundle, where the worker's program has another name. */
export function startWorker(): Worker {
  return new Worker(new URL("./runtime_worker.js", import.meta.url), { type: "module", name: "denoise" });
}
