/** How results and their files are named. */

/** Whether a text can be the name of a result. */
export function isResultKey(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

/** Whether a text can be the name of a figure's file. */
export function isFigureFile(text: string): boolean {
  return /^[\w-]{1,80}\.(png|gif|svg)$/.test(text);
}
