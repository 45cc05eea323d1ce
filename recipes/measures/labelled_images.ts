/** Images of known names and styles: what samples are measured by. */
import { ArgumentError, described } from "../../lib/errors.ts";
import { readVocabulary, VOCABULARY_FILE } from "../../lib/models/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { type EmojiSet, loadEmoji } from "../data/emoji/mod.ts";

/** Height and width of the images that samples are compared with. */
export const MEASURED_SIZE = 128;

/** What an image shows, by number. */
export interface Label {
  /** Its name. */
  readonly name: number;
  /** Its style. */
  readonly style: number;
  /** Whether it is kept out of training. */
  readonly heldOut: boolean;
}

/** Images with their labels. */
export interface LabelledImages {
  /** Height and width. */
  readonly size: number;
  /** The bytes `[count, 3, size, size]`. */
  readonly images: Uint8Array;
  /** What each shows. */
  readonly labels: readonly Label[];
  /** What is shown, and what it is called: the usual phrase first. */
  readonly names: readonly (Called & { readonly name: string })[];
  /** What styles are called, likewise. */
  readonly styles: readonly Called[];
}

/** A name's or a style's phrases. */
interface Called {
  readonly phrases: readonly string[];
}

/**
 * The pictures of the names and styles that a model knows.
 *
 * @param folder The model's folder.
 * @param data The folder of the data set; defaults to its usual place.
 * @throws {ArgumentError} if the model does not say what it knows, or knows no style of the set.
 * @throws {EmojiSetError} if the data set is not there.
 */
export async function loadLabelled(folder: string, data?: string): Promise<LabelledImages> {
  const vocabulary = await readVocabulary(folder);
  if (!vocabulary) throw new ArgumentError("model", folder, `one with a ${VOCABULARY_FILE}`);
  const names = vocabulary.names.map(({ name }) => name);
  const styles = new Set(vocabulary.styles.map(({ id }) => id));
  return labelled(await loadEmoji({ size: MEASURED_SIZE, names, folder: data }), (id) => styles.has(id));
}

/** A set's pictures of some styles. */
export function labelled(set: EmojiSet, knows: (style: string) => boolean = () => true): LabelledImages {
  const { size, pictures, entries, names, styles } = set;
  const kept = [...entries.keys()].filter((i) => knows(styles[entries[i].style].id));
  if (kept.length === 0) {
    throw new ArgumentError(
      "model",
      described("one that knows none of the styles"),
      `one of ${styles.map(({ id }) => id).join(", ")}`,
    );
  }
  const length = 3 * size * size;
  const images = new Uint8Array(kept.length * length);
  kept.forEach((i, n) => images.set(pictures.subarray(i * length, (i + 1) * length), n * length));
  const labels = kept.map((i): Label => {
    const { name, style, heldOut } = entries[i];
    return { name, style, heldOut: Boolean(heldOut) };
  });
  return { size, images, labels, names, styles };
}

/** Some of the images, `[N, 3, size, size]` in 0..1. */
export function imagesOf({ images, size }: LabelledImages, indices: readonly number[]): Tensor {
  const length = 3 * size * size;
  const data = new Float32Array(indices.length * length);
  indices.forEach((i, n) => {
    for (let k = 0, from = i * length, to = n * length; k < length; k++) data[to++] = images[from++] / 255;
  });
  return { data, shape: [indices.length, 3, size, size] };
}

/** The numbers of the images that are, or are not, held out. */
export function indicesOf({ labels }: LabelledImages, heldOut: boolean): number[] {
  return labels.flatMap((label, i) => label.heldOut === heldOut ? [i] : []);
}

/** The pairs of name and style, each once, of which nothing is trained, or of which something is. */
export function pairsOf({ labels }: LabelledImages, heldOut: boolean): Label[] {
  const key = ({ name, style }: Label) => `${name} ${style}`;
  const trained = new Set(labels.filter((label) => !label.heldOut).map(key));
  const pairs = new Map(
    labels.filter((label) => trained.has(key(label)) !== heldOut).map((label) => [
      key(label),
      { ...label, heldOut },
    ]),
  );
  return [...pairs.values()];
}

/** The usual caption of a name in a style. */
export function promptOf(
  { names, styles }: LabelledImages,
  { name, style }: Pick<Label, "name" | "style">,
): string {
  return `${styles[style].phrases[0]} ${names[name].phrases[0]}`;
}
