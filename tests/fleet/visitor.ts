/** Somebody who asks for a result as a page does, at whichever gallery a proxy leads to. */
import type { JobRequest } from "../../server/jobs/job.ts";
import type { JobStatus, WireResult } from "../../server/wire.ts";
import { parseEvents } from "../server/gallery.ts";

/** What a visitor has met with. */
export interface Visit {
  /** Whether the picture was that of one machine. */
  readonly right: boolean;
  /** How often a gallery did not answer, or not to the end. */
  readonly broken: number;
  /** What the visitor was told instead of a result, before asking once more. */
  readonly refused: readonly string[];
  /** Until the picture was there, in milliseconds. */
  readonly milliseconds: number;
}

/** How long until a page asks again, in milliseconds. */
const PAUSE = 300;

/**
 * Asks until the picture is there.
 *
 * @param addresses The galleries that are there, which change when one is started again.
 * @param first Which one is asked first.
 * @param wish What is asked for.
 * @param picture What it is to look like.
 */
export async function openVisit(
  addresses: readonly string[],
  first: number,
  { section, parameters }: JobRequest,
  picture: Uint8Array,
): Promise<Visit> {
  const start = performance.now();
  let turn = first;
  let broken = 0;
  const refused: string[] = [];
  /** Asks one gallery after the other until one answers. */
  const ask = async <T>(path: string, read: (response: Response) => Promise<T>, init?: () => RequestInit) => {
    for (;;) {
      try {
        return await read(await fetch(addresses[turn++ % addresses.length] + path, init?.()));
      } catch {
        broken++;
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }
  };
  for (;;) {
    const job = await ask("/api/jobs", async (response) => {
      if (response.ok) return await response.json() as JobStatus;
      refused.push(`${response.status} ${await response.text()}`);
      return undefined;
    }, () => ({
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ section, parameters }),
    }));
    if (job && (job.cached || await endOf(job.id) === "done")) {
      const right = await ask(`/api/results/${job.key}`, async (response) => {
        const { figures: [{ file }] } = await response.json() as WireResult;
        return await ask(`/api/results/${job.key}/files/${file}`, async (response) => {
          if (!response.ok) throw new Error(await response.text());
          const bytes = await response.bytes();
          return bytes.length === picture.length && bytes.every((byte, i) => byte === picture[i]);
        });
      });
      return { right, broken, refused, milliseconds: performance.now() - start };
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }

  /** Follows a job to its last event, each time from the last that is known; undefined if nobody knows of it. */
  async function endOf(id: string): Promise<string | undefined> {
    let known = 0;
    for (;;) {
      const end = await ask(`/api/jobs/${id}/events`, async (response) => {
        if (!response.ok) {
          refused.push(`${response.status} ${await response.text()}`);
          return "unknown";
        }
        let rest = "";
        for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
          const blocks = (rest + text).split("\n\n");
          rest = blocks.pop()!;
          for (const { id, event } of parseEvents(blocks.join("\n\n"))) {
            if (id <= known) throw new Error(`event ${id} came after ${known}`);
            known = id;
            if (event.type === "failed") refused.push(event.message);
            if (["done", "failed", "cancelled"].includes(event.type)) return event.type;
          }
        }
        throw new Error("It ended before its end.");
      }, () => ({ headers: { "last-event-id": String(known) } }));
      if (end) return end;
    }
  }
}
