/** Prompts of two things and a colour: whether what was learned one by one can be put together. */
import { ArgumentError, described } from "../../lib/errors.ts";
import { Generator } from "../../lib/random.ts";
import type { LabelledImages } from "./labelled_images.ts";

/** A prompt of two things. */
export interface ComposedPrompt {
  /** "a photo of a red car next to a house" */
  readonly prompt: string;
  /** The numbers of both names. */
  readonly names: readonly [number, number];
}

const colours = ["red", "blue", "green", "yellow", "purple", "orange"] as const;

/**
 * Draws prompts of two different names, the first in a colour, in the style that is called first.
 *
 * @throws {ArgumentError} if there are fewer than two names to put together.
 */
export function composedPrompts(
  { names, styles }: LabelledImages,
  count: number,
  seed = 0,
): ComposedPrompt[] {
  const usable = names.flatMap(({ phrases: [phrase] }, name) =>
    /^an? \S+( \S+)?$/.test(phrase) ? [{ name, phrase }] : []
  );
  if (usable.length < 2) {
    throw new ArgumentError(
      "names",
      described(`${usable.length} that could stand in "a red ... next to ..."`),
      "two",
      { plural: true },
    );
  }
  const generator = new Generator(seed);
  return Array.from({ length: count }, () => {
    const [one, other] = [...generator.permutation(usable.length)].map((i) => usable[Number(i)]);
    const colour = colours[generator.randomInt(colours.length)];
    const thing = one.phrase.replace(/^an? /, "");
    const article = /^[aeiou]/.test(colour) ? "an" : "a";
    const prompt = `${styles[0].phrases[0]} ${article} ${colour} ${thing} next to ${other.phrase}`;
    return { prompt, names: [one.name, other.name] };
  });
}
