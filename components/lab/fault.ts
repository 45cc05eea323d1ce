/** Where a fault lies among the parameters of a form. */

/** Whether a parameter is another one or a part of it: `edits[0].prompt` lies in `edits`, `starts` not in `start`. */
export function liesIn(path: string, whole: string): boolean {
  return path === whole || [".", "["].some((next) => path.startsWith(whole + next));
}
