/**
 * For the code that a build writes.
 *
 * @module
 */
export { setBuildCache } from "./app.ts";
export { diskCache, type Snapshot } from "./disk_cache.ts";
