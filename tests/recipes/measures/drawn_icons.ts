/** Four things in four colours, drawn by code: a set of pictures that needs no package. */
import type { Label, LabelledImages } from "../../../recipes/measures/labelled_images.ts";

const SIZE = 32;

/** Whether a thing covers a place, counted from the middle in halves of the side. */
const things: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => x * x + y * y < 0.5,
  (x, y) => Math.max(Math.abs(x), Math.abs(y)) > 0.5 && Math.max(Math.abs(x), Math.abs(y)) < 0.8,
  (x, y) => Math.abs(x) < 0.15 || Math.abs(y) < 0.15,
  (x, y) => y > -0.6 && y < 0.6 && Math.abs(x) < (y + 0.6) / 2,
];

/** What they are called: so that an anagram and a hybrid are among the fixed pairs, and cat and ball never together in training. */
const names = ["a cat", "a crown", "a panda", "a soccer ball"];

const colours = [[0.1, 0.1, 0.1], [0.8, 0.1, 0.1], [0.1, 0.6, 0.1], [0.1, 0.2, 0.9]];
const styles = ["a lithograph of", "an oil painting of", "a photo of", "a cartoon of"];

/** The pictures; of each thing one pair is held out, and of the first one more picture. */
export function drawnIcons(): LabelledImages {
  const labels: Label[] = [];
  const bytes: number[] = [];
  const add = (name: number, style: number, heldOut: boolean, shift = 0) => {
    labels.push({ name, style, heldOut });
    for (const ink of colours[style]) {
      for (let i = 0; i < SIZE * SIZE; i++) {
        const [x, y] = [i % SIZE, Math.floor(i / SIZE)].map((at) => (at + 0.5 + shift) / (SIZE / 2) - 1);
        bytes.push(
          Math.abs(x) < 0.9 && Math.abs(y) < 0.9 && things[name](x, y) ? Math.round(255 * ink) : 255,
        );
      }
    }
  };
  for (const name of things.keys()) {
    for (const style of colours.keys()) add(name, style, name === style);
  }
  add(0, 1, true, 2);
  const called = (phrase: string) => ({ phrases: [phrase] });
  return {
    size: SIZE,
    images: Uint8Array.from(bytes),
    labels,
    names: names.map((phrase) => ({ ...called(phrase), name: phrase.split(" ").at(-1)! })),
    styles: styles.map(called),
  };
}
