import type { ModelVocabulary } from "../../lib/models/mod.ts";

/** How many prompts a network is calibrated with unless others are asked for. */
const COUNT = 24;

/** What is drawn where nobody knows what a network can draw. */
const general = [
  "a photograph of a mountain lake at dawn",
  "an oil painting of an old man with a hat",
  "a red car in a street at night",
  "a bowl of fruit on a wooden table",
  "a drawing of a house in black and white",
  "a dog running over a green field",
  "a crowd of people in front of a theatre",
  "a close-up of a blue flower",
];

/**
 * The prompts that a network is calibrated with: names that it knows, evenly from its list, each second one in a style, in turn. A
 * picture unlike all of them may have numbers beyond the scales.
 *
 * @param vocabulary What it has learned to draw, where that is written down.
 */
export function calibrationPrompts(vocabulary: ModelVocabulary | undefined): readonly string[] {
  const { names, styles } = vocabulary ?? { names: [], styles: [] };
  if (names.length < COUNT) return general;
  return Array.from({ length: COUNT }, (_, i) => {
    const { name, phrases } = names[Math.floor((i + 0.5) * names.length / COUNT)];
    const style = i % 2 === 1 ? styles[(i >> 1) % styles.length]?.phrases[0] : undefined;
    const subject = phrases[0] ?? name;
    return style === undefined ? subject : `${style} ${subject}`;
  });
}
