import type { ModelVocabulary } from "../../lib/models/mod.ts";

/** The default number of calibration prompts. */
const COUNT = 24;

/** Prompts for networks whose vocabulary is not known. */
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
 * The prompts that a network is calibrated with: names evenly spaced in its vocabulary, every second one in a style, by turns. An
 * image unlike all of them may have activations beyond the calibrated range.
 *
 * @param vocabulary What it has learned to draw, if its folder says.
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
