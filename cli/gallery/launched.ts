/** The link between a launcher and the process it starts: standard input, which closes when the launcher exits. */

/** The variable by which a process knows that it was launched. */
const LAUNCHED = "GALLERY_LAUNCHED";

/** The variables that a launched process is given. */
export const launchedVariables: Readonly<Record<string, string>> = { [LAUNCHED]: "1" };

/** Whether this process was started by a launcher. */
export function hasLauncher(): boolean {
  return Deno.env.get(LAUNCHED) === "1";
}

/** Aborted when the launcher exits for any reason, or asks this process to stop. */
export function launcherEnds(): AbortSignal {
  const ends = new AbortController();
  (async () => {
    for await (const _ of Deno.stdin.readable);
  })().catch(() => {}).finally(() => ends.abort());
  return ends.signal;
}
