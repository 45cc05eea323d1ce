/** More threads than these give little. */
const MAX_THREADS = 4;

/** How many threads compute in this tab: pages that are not isolated from others have one. */
export function threadsHere(): number {
  return globalThis.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, MAX_THREADS) : 1;
}
