/**
 * A user's words in quotation marks, for a caption: whatever stands in them is shown as it is, not read as a formula, as code or as
 * a link.
 *
 * @param text The words.
 */
export function quoted(text: string): string {
  return `“${text.replace(/[\\$`*[\]]/g, "\\$&")}”`;
}
