/** The tools of the playground: every section that can be run, named by what it does. */
import { parts, type Section } from "../report/mod.ts";
import type { Form } from "../server/form.ts";
import { promptIn, withPrompt } from "./lab/first_prompt.ts";
import { trainingStart } from "../report/training/start.ts";
import type { RequestedRun } from "../server/permalink.ts";
import type { Parameters } from "../server/wire.ts";

/** A tool. */
export interface Tool {
  /** The section that does it. */
  readonly section: string;
  /** What it does, in a word or two. */
  readonly label: string;
  /** Initial values that override those of the section's form. */
  readonly start: Parameters;
}

/** Tools that belong together. */
export interface ToolGroup {
  /** The heading of the report's part. */
  readonly title: string;
  /** The tools, in the report's order. */
  readonly tools: readonly Tool[];
}

/** Tool names for sections whose titles name what they explain. */
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

/** Initial values for tools whose sections' own show less. */
const starts: Readonly<Record<string, Parameters>> = {
  // The only network that shows digits within seconds from random weights: generative ones take longer to learn.
  denoiser: { from: "scratch", ...trainingStart("scratch", { sigmas: [0.5] }) },
};

const toolOf = ({ id, title }: Section): Tool => ({
  section: id,
  label: labels[id] ?? title,
  start: starts[id] ?? {},
});

/** All tools by the parts of the report, the first of which is the playground's default. */
export const toolGroups: readonly ToolGroup[] = parts.map(({ title, sections }) => ({
  title,
  tools: sections.map(toolOf),
}));

/** All tools, in the report's order. */
export const tools: readonly Tool[] = toolGroups.flatMap(({ tools }) => tools);

/** A form with a tool's initial values, as far as the section has them. */
export function playground({ start }: Tool, form: Form): Form {
  const known = Object.fromEntries(Object.entries(start).filter(([name]) => name in form.defaults));
  return { ...form, start: { ...form.start, ...known } };
}

/** The maximum number of characters of a prompt in an address. */
const LONGEST_PROMPT = 200;

/** The run requested by an address with a prompt; null without a prompt, or if the form has no field for it. */
export function promptRequest({ defaults, start }: Form, prompt: string | null): RequestedRun | null {
  if (prompt === null || promptIn(defaults) === undefined) return null;
  return { parameters: withPrompt(start, prompt.slice(0, LONGEST_PROMPT)), result: null };
}
