/** What the playground offers: sections, begun with fewer pictures than the report shows. */
import type { Form } from "../server/form.ts";
import type { Parameters } from "../server/wire.ts";

/** Something to play with. */
export interface Tool {
  /** The section that does it. */
  readonly section: string;
  /** What it does, in a word or two. */
  readonly label: string;
  /** Values to begin with. */
  readonly start: Parameters;
}

/** All tools, the first of which the playground begins with. */
export const tools: readonly Tool[] = [
  { section: "sampling", label: "Text to image", start: { prompts: ["a rocket ship"], stepCounts: [20] } },
  { section: "trajectory", label: "Step by step", start: {} },
  { section: "image-to-image", label: "Image to image", start: { images: ["cat"], starts: [10] } },
  { section: "drawings", label: "From a drawing", start: { images: ["drawing-house"], starts: [10] } },
  {
    section: "inpainting",
    label: "Repaint",
    start: { scenes: [{ image: "cat", mask: "mask-cat" }] },
  },
  {
    section: "anagrams",
    label: "Anagram",
    start: { pairs: [{ upright: "a photo of a dog", turned: "a rocket ship" }] },
  },
  {
    section: "hybrids",
    label: "Hybrid",
    start: { pairs: [{ far: "a lithograph of a skull", near: "a lithograph of waterfalls" }] },
  },
  { section: "interpolation", label: "Between two", start: {} },
  { section: "samplers", label: "Samplers", start: {} },
  { section: "class-unet", label: "Digits", start: {} },
  { section: "time-unet", label: "Train live", start: {} },
];

/** A form that begins with a tool's values, as far as the section has them. */
export function playground({ start }: Tool, form: Form): Form {
  const known = Object.fromEntries(Object.entries(start).filter(([name]) => name in form.defaults));
  const defaults = { ...form.defaults, ...known };
  return { ...form, defaults, quick: { ...form.quick, ...known } };
}
