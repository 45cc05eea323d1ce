import type { SamplerName } from "./samplers/mod.ts";

/** The defaults of a scheduler's class. */
export interface SchedulerClass {
  /** The sampler that is the same algorithm. */
  readonly sampler: SamplerName;
  /** Which timesteps are visited. */
  readonly spacing: "leading" | "linspace" | "trailing";
  /** Whether implied clean images are clipped; undefined where the class does not know `clip_sample`. */
  readonly clips?: boolean;
  /** Whether it knows dynamic thresholding. */
  readonly thresholds: boolean;
  /** The kind of betas. */
  readonly betaSchedule: "linear" | "scaled_linear";
  /** The first and the last beta. */
  readonly betas: readonly [start: number, end: number];
  /** What `rescale_betas_zero_snr` leaves of the signal's variance at the last timestep; undefined where it is no key. */
  readonly zeroSnr?: number;
}

const DDPM_BETAS = [1e-4, 0.02] as const;
const KARRAS_BETAS = [0.00085, 0.012] as const;
/** What solvers leave, which divide by it. */
const SOLVER_ZERO = 2 ** -24;

/** What most classes have in common. */
const common = { spacing: "linspace", thresholds: false, betaSchedule: "linear", betas: DDPM_BETAS } as const;
/** A class of the solvers in the half log-SNR. */
const solver = { ...common, thresholds: true, zeroSnr: SOLVER_ZERO } as const;
/** A class of the solvers in sigma. */
const karras = { ...common, betas: KARRAS_BETAS } as const;
/** A class of consistency models. */
const consistency = {
  ...common,
  spacing: "leading",
  clips: false,
  thresholds: true,
  betaSchedule: "scaled_linear",
  betas: KARRAS_BETAS,
  zeroSnr: 0,
} as const;

/** A class of DDPM's own. */
const ddpm = {
  ...common,
  sampler: "ddpm",
  spacing: "leading",
  clips: true,
  thresholds: true,
  zeroSnr: 0,
} as const;
/** A class of DDIM's. */
const ddim = { ...ddpm, sampler: "ddim" } as const;

/**
 * The classes of diffusers whose files describe the noise schedule of the network alike, so that it may be sampled by any
 * sampler: those of its `KarrasDiffusionSchedulers`, and of consistency models.
 */
export const schedulerClasses: Readonly<Record<string, SchedulerClass>> = {
  DDPMScheduler: ddpm,
  DDIMScheduler: ddim,
  // These are for pipelines that make several steps at a time; step by step they are the same.
  DDPMParallelScheduler: ddpm,
  DDIMParallelScheduler: ddim,
  DPMSolverMultistepScheduler: { ...solver, sampler: "dpm-solver++" },
  DPMSolverSinglestepScheduler: { ...solver, sampler: "dpm-solver++2s", zeroSnr: undefined },
  DEISMultistepScheduler: { ...solver, sampler: "deis", zeroSnr: undefined },
  UniPCMultistepScheduler: { ...solver, sampler: "unipc" },
  PNDMScheduler: { ...common, sampler: "pndm", spacing: "leading" },
  LMSDiscreteScheduler: { ...common, sampler: "lms" },
  EulerDiscreteScheduler: { ...common, sampler: "euler", zeroSnr: SOLVER_ZERO },
  EulerAncestralDiscreteScheduler: { ...common, sampler: "euler-ancestral", zeroSnr: SOLVER_ZERO },
  HeunDiscreteScheduler: { ...karras, sampler: "heun", clips: false },
  KDPM2DiscreteScheduler: { ...karras, sampler: "dpm2" },
  KDPM2AncestralDiscreteScheduler: { ...karras, sampler: "dpm2-ancestral" },
  DPMSolverSDEScheduler: { ...karras, sampler: "dpm-sde" },
  LCMScheduler: { ...consistency, sampler: "lcm" },
  TCDScheduler: { ...consistency, sampler: "tcd" },
};
