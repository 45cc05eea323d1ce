/** The saved state of a window: a form's values, the result next to it, and the prompt for the next page. */
import type { Parameters } from "../../server/wire.ts";
import { promptIn, withPrompt } from "./first_prompt.ts";

/** The saved state of a section. */
export interface SavedForm {
  /** The form's values. */
  readonly values?: Parameters;
  /** The name of the result that was shown. */
  readonly key?: string;
}

const PROMPT = "last prompt";
const place = (section: string) => `left ${section}`;

/** Saves a section's state. */
export function saveForm(section: string, left: SavedForm): void {
  try {
    sessionStorage.setItem(place(section), JSON.stringify(left));
    const prompt = promptIn(left.values ?? {});
    if (prompt !== undefined) sessionStorage.setItem(PROMPT, prompt);
  } catch {
    // Storage is full: the next page starts afresh.
  }
}

/**
 * The saved state of a section, with the prompt that was last entered anywhere.
 *
 * @param section Its id.
 * @param start The form's initial values.
 */
export function savedForm(section: string, start: Parameters): SavedForm {
  const left = JSON.parse(sessionStorage.getItem(place(section)) ?? "{}") as SavedForm;
  const prompt = sessionStorage.getItem(PROMPT);
  if (prompt === null) return left;
  const { values } = left;
  if (!values) return { values: withPrompt(start, prompt) };
  // The saved result is of another prompt.
  return promptIn(values) === prompt ? left : { values: withPrompt(values, prompt) };
}
