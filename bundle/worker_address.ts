/** What takes the place of `lib/platform/browser/worker_address.ts` in the bundle. */

/** The worker's program, bundled, beside this one. */
export const workerAddress: URL = new URL("./runtime_worker.js", import.meta.url);
