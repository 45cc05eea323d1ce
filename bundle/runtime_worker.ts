/** The worker's program, under the name that the bundle looks for it by. */
import "../lib/platform/browser/runtime_worker.ts";
