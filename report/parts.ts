/**
 * The parts of the report, and the order in which it is read.
 *
 * @module
 */
import { effects } from "../lib/effects/mod.ts";
import { effectSection } from "./effect_section.ts";
import type { Section } from "./section.ts";
import { anagrams } from "./sections/anagrams.ts";
import { attention } from "./sections/attention.ts";
import { classical } from "./sections/classical.ts";
import { classUnet } from "./sections/class_unet.ts";
import { denoiser } from "./sections/denoiser.ts";
import { drawings } from "./sections/drawings.ts";
import { factors } from "./sections/factors.ts";
import { forward } from "./sections/forward.ts";
import { fromNoise } from "./sections/from_noise.ts";
import { guidance } from "./sections/guidance.ts";
import { hybrids } from "./sections/hybrids.ts";
import { imageToImage } from "./sections/image_to_image.ts";
import { inpainting } from "./sections/inpainting.ts";
import { interpolation } from "./sections/interpolation.ts";
import { iterative } from "./sections/iterative.ts";
import { networks } from "./sections/networks.ts";
import { oneStep } from "./sections/one_step.ts";
import { samplers } from "./sections/samplers.ts";
import { sampling } from "./sections/sampling.ts";
import { spiral } from "./sections/spiral.ts";
import { textImageToImage } from "./sections/text_image_to_image.ts";
import { timeUnet } from "./sections/time_unet.ts";
import { trajectory } from "./sections/trajectory.ts";
import { views } from "./sections/views.ts";

/** Sections that belong together. */
export interface Part {
  /** Its name in addresses. */
  readonly id: string;
  /** Its heading. */
  readonly title: string;
  /** What it is about, in a sentence. */
  readonly summary: string;
  /** Its sections, in order. */
  readonly sections: readonly Section[];
  /** The featured ones: an overview shows them in full, and summaries of the others. */
  readonly leads: readonly Section[];
}

const own: readonly Part[] = [
  {
    id: "sampling",
    title: "Sampling",
    summary: "From noise to an image: the process, the estimate, the steps, and how a prompt steers them.",
    sections: [
      sampling,
      forward,
      classical,
      oneStep,
      iterative,
      fromNoise,
      guidance,
      attention,
      samplers,
      trajectory,
      interpolation,
    ],
    leads: [forward, oneStep, iterative, guidance],
  },
  {
    id: "editing",
    title: "Editing",
    summary: "The same loop, begun from an image instead of noise, or held to one in part.",
    sections: [imageToImage, drawings, inpainting, textImageToImage],
    leads: [imageToImage, inpainting],
  },
  {
    id: "illusions",
    title: "Illusions",
    summary: "Several prompts in one image: which of them you see depends on how you look at it.",
    sections: [anagrams, hybrids, views, factors],
    leads: [anagrams, hybrids],
  },
  {
    id: "training",
    title: "Training",
    summary:
      "Small networks for points and for handwritten digits, trained from scratch, here too if you like.",
    sections: [spiral, networks, denoiser, timeUnet, classUnet],
    leads: [denoiser, timeUnet, classUnet],
  },
];

/** Effects without a section get a generic one, among the illusions. */
const ofEffects = [...effects.values()]
  .filter(({ name }) => !own.some(({ sections }) => sections.some(({ effect }) => effect === name)))
  .map((effect) => effectSection(effect));

/** All parts, in order. */
export const parts: readonly Part[] = own.map((part) =>
  part.id === "illusions" ? { ...part, sections: [...part.sections, ...ofEffects] } : part
);

/**
 * The parts of some sections: those that have any of them, and one more for sections that belong to none.
 *
 * @param sections The sections.
 */
export function partsOf(sections: readonly Section[]): readonly Part[] {
  const among = (some: readonly Section[]) => some.filter((section) => sections.includes(section));
  const others = sections.filter((section) => !parts.some((part) => part.sections.includes(section)));
  return [
    ...parts.map((part) => ({ ...part, sections: among(part.sections), leads: among(part.leads) })),
    {
      id: "more",
      title: "More",
      summary: "Sections of this gallery alone.",
      sections: others,
      leads: others,
    },
  ].filter((part) => part.sections.length > 0);
}
