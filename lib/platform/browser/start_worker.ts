/** Starts the worker that computes, whose program is beside this module. Bundlers such as Vite know the expression by its form. */
export function startWorker(): Worker {
  return new Worker(new URL("./runtime_worker.ts", import.meta.url), { type: "module", name: "denoise" });
}
