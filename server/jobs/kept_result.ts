/** Results that are there before a job begins: a worker died between keeping one and saying so, or two have asked at once. */
import type { ResultSink } from "../store/store.ts";
import type { JobEvent } from "../wire.ts";
import type { LastEvent } from "./run_job.ts";

/** What a queue tells by itself. */
const OF_THE_QUEUE: readonly JobEvent["type"][] = ["queued", "started"];

/**
 * Tells how a result came about that is kept already, as if it was made now.
 *
 * @param sink Where results are kept. Where it cannot be asked, nothing is known: then the job is run.
 * @param key The result's name.
 * @param tell Tells those who watch.
 * @returns the event that its job ended with, which is not told yet; undefined if it is not kept.
 * @throws what telling throws.
 */
export async function tellKept(
  sink: ResultSink,
  key: string,
  tell: (event: JobEvent) => void | Promise<void>,
): Promise<LastEvent | undefined> {
  const entries = await sink.events(key).catch((error) => console.error(`result ${key}:`, error));
  const last = entries?.at(-1);
  if (last?.type !== "done") return undefined;
  for (const { type, json } of entries!.slice(0, -1)) {
    if (!OF_THE_QUEUE.includes(type)) await tell(JSON.parse(json));
  }
  return JSON.parse(last.json);
}
