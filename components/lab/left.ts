/** What was left in a window: the values of a form and the result beside it, and the prompt for whatever comes next. */
import type { Parameters } from "../../server/wire.ts";
import { promptIn, withPrompt } from "./first_prompt.ts";

/** What is kept of a section. */
export interface Left {
  /** The form's values. */
  readonly values?: Parameters;
  /** The name of the result that was shown. */
  readonly key?: string;
}

const PROMPT = "last prompt";
const place = (section: string) => `left ${section}`;

/** Keeps what a section has. */
export function leave(section: string, left: Left): void {
  try {
    sessionStorage.setItem(place(section), JSON.stringify(left));
    const prompt = promptIn(left.values ?? {});
    if (prompt !== undefined) sessionStorage.setItem(PROMPT, prompt);
  } catch {
    // There is no room: the next page begins anew.
  }
}

/**
 * What was left of a section, with the prompt that was last written anywhere.
 *
 * @param section Its id.
 * @param start The values that its form begins with.
 */
export function leftIn(section: string, start: Parameters): Left {
  const left = JSON.parse(sessionStorage.getItem(place(section)) ?? "{}") as Left;
  const prompt = sessionStorage.getItem(PROMPT);
  if (prompt === null) return left;
  const { values } = left;
  if (!values) return { values: withPrompt(start, prompt) };
  // The result that is shown is that of another prompt.
  return promptIn(values) === prompt ? left : { values: withPrompt(values, prompt) };
}
