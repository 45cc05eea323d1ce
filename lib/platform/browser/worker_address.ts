/** Where the worker's program is: beside this module. Where modules are bundled, that is another place. */
export const workerAddress: URL = new URL("./runtime_worker.ts", import.meta.url);
