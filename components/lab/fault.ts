/** Locates an invalid argument among the parameters of a form. */

/** Whether a parameter is another one or a part of it: `edits[0].prompt` is in `edits`, `starts` is not in `start`. */
export function isPathIn(path: string, whole: string): boolean {
  return path === whole || [".", "["].some((next) => path.startsWith(whole + next));
}
