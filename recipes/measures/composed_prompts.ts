/** Prompts of two things and a colour that are never together in training: whether what was learned one by one composes. */
import { ArgumentError, described } from "../../lib/errors.ts";
import { Generator } from "../../lib/random.ts";
import { isHeldOutTogether } from "../data/emoji/held_out.ts";
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
 * Draws prompts of two different names which are never together in training, the first in a colour, in the style that is called
 * first.
 *
 * @throws {ArgumentError} if there are no two such names.
 */
export function composedPrompts(
  { names, styles }: LabelledImages,
  count: number,
  seed = 0,
): ComposedPrompt[] {
  const usable = names.flatMap(({ name, phrases: [phrase] }, id) =>
    /^an? \S+( \S+)?$/.test(phrase) ? [{ id, name, phrase }] : []
  );
  const pairs = usable.flatMap((one) =>
    usable.filter((other) => one !== other && isHeldOutTogether(one.name, other.name))
      .map((other) => [one, other] as const)
  );
  if (pairs.length === 0) {
    throw new ArgumentError(
      "names",
      described(`none of ${names.length} that could stand in "a red ... next to ..."`),
      "two that are never together in training",
      { plural: true },
    );
  }
  const generator = new Generator(seed);
  return Array.from({ length: count }, () => {
    const [one, other] = pairs[generator.randomInt(pairs.length)];
    const colour = colours[generator.randomInt(colours.length)];
    const thing = one.phrase.replace(/^an? /, "");
    const article = /^[aeiou]/.test(colour) ? "an" : "a";
    const prompt = `${styles[0].phrases[0]} ${article} ${colour} ${thing} next to ${other.phrase}`;
    return { prompt, names: [one.id, other.id] };
  });
}
