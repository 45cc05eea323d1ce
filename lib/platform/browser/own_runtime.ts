/** Which runtime a program in a browser has. */
import type { Runtime } from "../runtime.ts";
import { webRuntime } from "./web_runtime.ts";
import { workerRuntime } from "./worker_runtime.ts";

/** A page must not be blocked; a worker may be. */
export const ownRuntime: Runtime = "document" in globalThis ? workerRuntime : webRuntime;
