/** Results that exist before a job starts: a worker died between storing one and reporting it, or two clients asked at once. */
import type { ResultSink } from "../store/store.ts";
import type { JobEvent } from "../wire.ts";
import type { LastEvent } from "./run_job.ts";

/** Events that the queue publishes itself. */
const OF_THE_QUEUE: readonly JobEvent["type"][] = ["queued", "started"];

/**
 * Publishes the events of a stored result as if it was made now.
 *
 * @param sink Where results are stored. If it fails, the job is run.
 * @param key The result's name.
 * @param tell Publishes an event.
 * @returns The event that its job ended with, not yet published; undefined if there is no stored result.
 * @throws what publishing throws.
 */
export async function publishKeptResult(
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
