/**
 * A user's words in quotation marks, for a caption: escaped, so that they are not read as a formula, as code or as
 * a link.
 *
 * @param text The words.
 */
export function quoted(text: string): string {
  return `“${text.replace(/[\\$`*[\]]/g, "\\$&")}”`;
}
