/** A stranger's text in an answer or in the log: in quotation marks, and never longer than a line. */

/** How many characters of a text are shown. */
const SHOWN = 80;

/** A text as it may stand in a sentence. */
export function quote(text: string): string {
  return JSON.stringify(cut(text, SHOWN));
}

/** A text of at most so many characters; dots stand for what is cut off. */
export function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length).toWellFormed()}…` : text;
}
