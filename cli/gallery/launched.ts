/** What a launcher and the process that it has started have between them: the standard input, which ends with the launcher. */

/** The variable by which a process knows that it was launched. */
const LAUNCHED = "GALLERY_LAUNCHED";

/** The variables that a launched process is given. */
export const launchedVariables: Readonly<Record<string, string>> = { [LAUNCHED]: "1" };

/** Whether this process was started by a launcher. */
export function hasLauncher(): boolean {
  return Deno.env.get(LAUNCHED) === "1";
}

/** Is aborted when the launcher has ended, however it has, or wants this process to end. */
export function launcherEnds(): AbortSignal {
  const ends = new AbortController();
  (async () => {
    for await (const _ of Deno.stdin.readable);
  })().catch(() => {}).finally(() => ends.abort());
  return ends.signal;
}
