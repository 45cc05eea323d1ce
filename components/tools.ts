/** What the playground offers. */
import type { Form } from "../server/form.ts";
import { trainingStart } from "../report/training/start.ts";
import type { Parameters } from "../server/wire.ts";

/** Something to play with. */
export interface Tool {
  /** The section that does it. */
  readonly section: string;
  /** What it does, in a word or two. */
  readonly label: string;
  /** Values to begin with, beside those of the section's form. */
  readonly start: Parameters;
}

/** All tools, the first of which the playground begins with. */
export const tools: readonly Tool[] = [
  { section: "sampling", label: "Text to image", start: {} },
  { section: "trajectory", label: "Step by step", start: {} },
  { section: "image-to-image", label: "Image to image", start: {} },
  { section: "drawings", label: "From a drawing", start: {} },
  { section: "inpainting", label: "Repaint", start: {} },
  { section: "anagrams", label: "Anagram", start: {} },
  { section: "hybrids", label: "Hybrid", start: {} },
  { section: "interpolation", label: "Between two", start: {} },
  { section: "samplers", label: "Samplers", start: {} },
  { section: "class-unet", label: "Digits", start: { from: "none", steps: 20 } },
  { section: "time-unet", label: "Train live", start: {} },
  // The one network that shows digits within seconds from random weights: those that draw them from noise learn for longer.
  {
    section: "denoiser",
    label: "Train a denoiser",
    start: { from: "scratch", ...trainingStart("scratch", { sigmas: [0.5] }) },
  },
];

/** A form that begins with a tool's values, as far as the section has them. */
export function playground({ start }: Tool, form: Form): Form {
  const known = Object.fromEntries(Object.entries(start).filter(([name]) => name in form.defaults));
  return { ...form, start: { ...form.start, ...known } };
}

/** The most characters of a prompt in an address. */
const LONGEST_PROMPT = 200;

/** A form that begins with a prompt, where one is given and the section has a field for it. */
export function prompted(form: Form, prompt: string | null): Form {
  if (prompt === null || !("prompt" in form.defaults)) return form;
  return { ...form, start: { ...form.start, prompt: prompt.slice(0, LONGEST_PROMPT) } };
}
