import { inpaintSuperResolutionDefaults } from "../pipelines/inpaint_super_resolution.ts";
import type { GenerationOptions } from "./options.ts";

/** The number of steps of a generation, both stages together. */
export function stepCount({ steps, strength, upscale }: GenerationOptions): number {
  const upscaling = upscale ? upscale.steps : 0;
  if (strength === null) return steps + upscaling;
  return Math.trunc(steps * strength) + Math.trunc(upscaling * inpaintSuperResolutionDefaults.strength);
}
