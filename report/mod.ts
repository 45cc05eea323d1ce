/**
 * The report: its sections in order.
 *
 * @module
 */
import { ArgumentError } from "../lib/errors.ts";
import { effects } from "../lib/effects/mod.ts";
import { effectSection } from "./effect_section.ts";
import type { Section } from "./section.ts";
import { anagrams } from "./sections/anagrams.ts";
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
import { textImageToImage } from "./sections/text_image_to_image.ts";
import { timeUnet } from "./sections/time_unet.ts";
import { trajectory } from "./sections/trajectory.ts";
import { views } from "./sections/views.ts";

export * from "./section.ts";
export * from "./context.ts";
export { type Control, type FieldMeta } from "./fields.ts";
export { defaultParameters, type Field, fieldsOf, parseParameters } from "./form.ts";
export {
  openImages,
  type ReadOwnImage,
  type ReportImage,
  reportImages,
  reportImagesFolder,
} from "./images.ts";
export { type OpenModels, openModels } from "./models.ts";
export { runSection } from "./run.ts";

/** The sections that are written by hand, in the order in which they are read. */
const written: readonly Section[] = [
  sampling,
  forward,
  classical,
  oneStep,
  iterative,
  fromNoise,
  guidance,
  imageToImage,
  drawings,
  inpainting,
  textImageToImage,
  anagrams,
  hybrids,
  networks,
  denoiser,
  timeUnet,
  classUnet,
  samplers,
  views,
  factors,
  interpolation,
  trajectory,
];

/** All sections: those, and one for each effect that none of them is about. */
export const sections: readonly Section[] = [
  ...written,
  ...[...effects.values()]
    .filter(({ name }) => !written.some(({ effect }) => effect === name))
    .map((effect) => effectSection(effect)),
];

/**
 * The section of an id.
 *
 * @throws {ArgumentError} if there is none; the message lists the ids.
 */
export function findSection(id: string): Section {
  const found = sections.find((section) => section.id === id);
  if (found) return found;
  const ids = sections.map(({ id }) => id).join(", ");
  throw new ArgumentError("id", id, `one of ${ids}`);
}
