/** The note about a prompt that is too long. */
import { quote } from "../options.ts";

/** The line for a prompt of which the end was left out. */
export function truncationNote(prompt: string, lost: string, length: number): string {
  return `note: ${quote(prompt)} is longer than ${length} tokens; left out: ${quote(lost)}`;
}
