/** What sections yield as it travels: of a process to the server, of a worker to its page. */
import { isSnapshot } from "../../report/snapshots.ts";
import type { Media, SectionEvent } from "../../report/section.ts";
import type { WireFigure, WirePicture } from "../wire.ts";
import type { WorkerEvent } from "./protocol.ts";

/** Previews of one slot come at most this often, in milliseconds; the first, the last and a few between always do. */
const PREVIEW_INTERVAL = 100;

const extensions = { "image/png": "png", "image/gif": "gif", "image/svg+xml": "svg" } as const;

/** An event as it goes on, or a figure whose picture is a file of its own. */
export type Made =
  | { readonly event: WorkerEvent }
  | { readonly figure: WireFigure; readonly bytes: Uint8Array<ArrayBuffer> };

/** Translates the events of one run. */
export class WireEvents {
  readonly #previews = new Map<string, { readonly first: number; readonly at: number }>();

  /** An event as it travels; undefined for a preview that comes too soon after the last, and for a model, which stays where it is. */
  of(event: SectionEvent): Made | undefined {
    switch (event.type) {
      case "progress":
      case "points":
        return { event };
      case "preview": {
        const { slot, step, steps, t, x, x0, count, compresses } = event.preview;
        const now = performance.now();
        const { first, at } = this.#previews.get(slot) ?? { first: step, at: -Infinity };
        // Those that a report keeps always come.
        if (now - at < PREVIEW_INTERVAL && !isSnapshot({ step, steps }, first)) return undefined;
        this.#previews.set(slot, { first, at: now });
        const pictures = { x: picture(x), x0: picture(x0), ...(compresses && { compresses }) };
        return { event: { type: "preview", slot, step, steps, t, count, ...pictures } };
      }
      case "model":
        return undefined;
      case "figure": {
        const { name, caption, alt, rows, columns, cells, media } = event.figure;
        const { type, width, height, bytes } = media;
        const file = fileName(name, type);
        return { figure: { name, file, type, width, height, caption, alt, rows, columns, cells }, bytes };
      }
    }
  }
}

function picture({ type, width, height, bytes }: Media): WirePicture {
  return { type, width, height, data: base64(bytes) };
}

/** Bytes in base64, also in browsers older than `toBase64`, which they have had since 2025. */
function base64(bytes: Uint8Array): string {
  if ("toBase64" in bytes) return bytes.toBase64();
  const letters = Array.from(bytes as Uint8Array, (byte) => String.fromCharCode(byte));
  return btoa(letters.join(""));
}

function fileName(name: string, type: Media["type"]): string {
  return `${name.replaceAll(/[^\w-]/g, "-").slice(0, 80)}.${extensions[type]}`;
}
