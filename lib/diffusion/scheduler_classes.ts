import type { SamplerName } from "./samplers/mod.ts";

/** The defaults of a scheduler's class. */
export interface SchedulerClass {
  /** The sampler that is the same algorithm; undefined where there is none. */
  readonly sampler?: SamplerName;
  /** Which timesteps are visited. */
  readonly spacing: "leading" | "linspace" | "trailing";
  /** Whether implied clean images are clipped. */
  readonly clips: boolean;
  /** The first and the last beta. */
  readonly betas: readonly [start: number, end: number];
}

const DDPM_BETAS = [1e-4, 0.02] as const;
const KARRAS_BETAS = [0.00085, 0.012] as const;

const other = (betas: SchedulerClass["betas"], spacing: SchedulerClass["spacing"] = "linspace") => {
  return { spacing, clips: false, betas };
};

/**
 * The classes of diffusers whose files describe the noise schedule of the network alike, so that it may be sampled by any
 * sampler: those of its `KarrasDiffusionSchedulers`.
 */
export const schedulerClasses: Readonly<Record<string, SchedulerClass>> = {
  DDPMScheduler: { sampler: "ddpm", spacing: "leading", clips: true, betas: DDPM_BETAS },
  DDIMScheduler: { sampler: "ddim", spacing: "leading", clips: true, betas: DDPM_BETAS },
  DPMSolverMultistepScheduler: { sampler: "dpm-solver++", ...other(DDPM_BETAS) },
  DPMSolverSinglestepScheduler: other(DDPM_BETAS),
  DEISMultistepScheduler: other(DDPM_BETAS),
  UniPCMultistepScheduler: other(DDPM_BETAS),
  PNDMScheduler: other(DDPM_BETAS, "leading"),
  LMSDiscreteScheduler: other(DDPM_BETAS),
  EulerDiscreteScheduler: other(DDPM_BETAS),
  EulerAncestralDiscreteScheduler: other(DDPM_BETAS),
  HeunDiscreteScheduler: other(KARRAS_BETAS),
  KDPM2DiscreteScheduler: other(KARRAS_BETAS),
  KDPM2AncestralDiscreteScheduler: other(KARRAS_BETAS),
  DPMSolverSDEScheduler: other(KARRAS_BETAS),
};
