/** Putting a prompt together from what a model knows: a style, and a thing. */
import type { WireVocabulary } from "../../server/wire.ts";

type Known = Pick<WireVocabulary, "styles">;

/** The style that a prompt begins with; empty for none. */
export function styleOf(prompt: string, { styles }: Known): string {
  const text = prompt.trim().toLowerCase();
  return styles.find((style) => text === style || text.startsWith(`${style} `)) ?? "";
}

/** A prompt of another thing in the same style. */
export function withThing(prompt: string, thing: string, known: Known): string {
  return [styleOf(prompt, known), thing].filter(Boolean).join(" ");
}

/** The same prompt in another style; without any, if it is in that style already. */
export function withStyle(prompt: string, style: string, known: Known): string {
  const before = styleOf(prompt, known);
  const thing = prompt.trim().slice(before.length).trim();
  return [before === style ? "" : style, thing].filter(Boolean).join(" ");
}
