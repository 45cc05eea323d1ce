import { dirname } from "node:path";
import { pause } from "./retries.ts";

/** How often to look whether a lock is free, in milliseconds. */
const INTERVAL = 100;

/**
 * Waits for a lock that only one holder has at a time, on this machine, in this process or another; disposing of it gives it
 * back, and so does the end of the process. The file stays.
 *
 * It is the system's lock on a whole file (`flock`), which other tools of the hub take on the same files.
 *
 * @param path The lock's file.
 * @param signal Ends the waiting.
 * @throws The signal's reason, once it is aborted.
 */
export async function lock(path: string, signal?: AbortSignal): Promise<Disposable> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const file = await Deno.open(path, { write: true, create: true });
  try {
    while (!await file.tryLock(true)) await pause(INTERVAL, signal);
  } catch (error) {
    file.close();
    throw error;
  }
  let held = true;
  return {
    [Symbol.dispose]: () => {
      if (held) file.close();
      held = false;
    },
  };
}
