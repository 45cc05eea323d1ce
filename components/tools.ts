/** What the playground offers: every section that can be run, by what one does with it. */
import { parts, type Section } from "../report/mod.ts";
import type { Form } from "../server/form.ts";
import { promptIn, withPrompt } from "./lab/first_prompt.ts";
import { trainingStart } from "../report/training/start.ts";
import type { Wish } from "../server/permalink.ts";
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

/** Tools that belong together. */
export interface ToolGroup {
  /** The heading of the report's part. */
  readonly title: string;
  /** The tools, in the report's order. */
  readonly tools: readonly Tool[];
}

/** What one does with sections whose titles say what they explain. */
const labels: Readonly<Record<string, string>> = {
  sampling: "Text to image",
  forward: "Add noise",
  classical: "Blur",
  "one-step": "One step",
  iterative: "Many steps",
  "from-noise": "From noise",
  guidance: "Guidance",
  attention: "Attention",
  samplers: "Samplers",
  trajectory: "Step by step",
  interpolation: "Between two",
  "image-to-image": "Image to image",
  drawings: "From a drawing",
  inpainting: "Repaint",
  "text-image-to-image": "Image under a prompt",
  anagrams: "Anagram",
  hybrids: "Hybrid",
  views: "Views",
  factors: "Factors",
  spiral: "Points",
  networks: "Networks",
  denoiser: "Denoise digits",
  "time-unet": "Digits from noise",
  "class-unet": "Digits by class",
};

/** Values that tools begin with where those of their sections show less. */
const starts: Readonly<Record<string, Parameters>> = {
  // The one network that shows digits within seconds from random weights: those that draw them from noise learn for longer.
  denoiser: { from: "scratch", ...trainingStart("scratch", { sigmas: [0.5] }) },
};

const toolOf = ({ id, title }: Section): Tool => ({
  section: id,
  label: labels[id] ?? title,
  start: starts[id] ?? {},
});

/** All tools by the parts of the report, the first of which the playground begins with. */
export const toolGroups: readonly ToolGroup[] = parts.map(({ title, sections }) => ({
  title,
  tools: sections.map(toolOf),
}));

/** All tools, in the report's order. */
export const tools: readonly Tool[] = toolGroups.flatMap(({ tools }) => tools);

/** A form that begins with a tool's values, as far as the section has them. */
export function playground({ start }: Tool, form: Form): Form {
  const known = Object.fromEntries(Object.entries(start).filter(([name]) => name in form.defaults));
  return { ...form, start: { ...form.start, ...known } };
}

/** The most characters of a prompt in an address. */
const LONGEST_PROMPT = 200;

/** What an address asks for that names a prompt; null where there is none, or the form has no field for it. */
export function promptWish({ defaults, start }: Form, prompt: string | null): Wish | null {
  if (prompt === null || promptIn(defaults) === undefined) return null;
  return { parameters: withPrompt(start, prompt.slice(0, LONGEST_PROMPT)), result: null };
}
