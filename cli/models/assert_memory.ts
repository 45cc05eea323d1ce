import { ArgumentError, described } from "../../lib/errors.ts";

/**
 * Refuses to quantise a model that needs more memory than there is, before any long work starts.
 *
 * @param needed The bytes that it takes.
 * @param available Those that are free.
 * @throws {ArgumentError} if these are fewer.
 */
export function assertMemory(needed: number, available: number): void {
  if (needed <= available) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new ArgumentError(
    "model",
    described(`one that takes ${gigabytes(needed)} to quantise`),
    `one that takes less than the ${gigabytes(available)} that are free`,
  );
}
