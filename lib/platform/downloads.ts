/**
 * Word of the files that are fetched, for whoever shows it.
 *
 * @module
 */

/** What {@linkcode watchDownloads} tells. */
export type DownloadEvent =
  | {
    readonly kind: "progress";
    /** The file's address. */
    readonly url: string;
    /** How many of its bytes are here. */
    readonly received: number;
    /** How many it has; undefined where the server does not say. */
    readonly total: number | undefined;
  }
  | {
    readonly kind: "notice";
    /** What a reader should know, in a sentence: that a download is taken up again, or that nothing can be kept here. */
    readonly message: string;
  };

const listeners = new Set<(event: DownloadEvent) => void>();

/**
 * Hears of the files that a browser's tab fetches, until what is returned is disposed of. Files that are there already are not told of.
 *
 * @param listener Is called with each event.
 *
 * @example
 * ```ts
 * import { watchDownloads } from "@denoise/denoise/platform";
 *
 * using _watch = watchDownloads((event) => {
 *   if (event.kind === "progress") console.log(event.url, event.received, event.total);
 * });
 * ```
 */
export function watchDownloads(listener: (event: DownloadEvent) => void): Disposable {
  // A function of its own, so that a listener that is added twice is heard of twice.
  const entry = (event: DownloadEvent) => listener(event);
  listeners.add(entry);
  return { [Symbol.dispose]: () => void listeners.delete(entry) };
}

/** Tells those who listen. */
export function tellDownload(event: DownloadEvent): void {
  for (const listener of listeners) listener(event);
}
