/** The shared end of all runs of `deno task sample`: steps with progress, the files, and the report. */
import type { SampleStep } from "../../lib/diffusion/mod.ts";
import {
  type GenerationOptions,
  generationText,
  stepCount,
  storedOptions,
} from "../../lib/generation/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";
import type { OutputFolder } from "../output_folder.ts";
import { showProgress } from "../progress.ts";
import { fileStem } from "./file_stem.ts";
import type { SampleFlags } from "./flags.ts";
import { encodeImages, type ImageFilesOptions } from "./image_files.ts";
import type { Profile } from "./profile.ts";
import { printReport, type SampleReport } from "./print_report.ts";
import { StepClock } from "./step_clock.ts";

/** A step on this machine, or one reported by another: its number, and on the last one the images. */
export type DrawnStep = Pick<SampleStep, "index"> & Partial<Pick<SampleStep, "x">>;

/** A run that is ready to start. */
export interface ReadyRun
  extends Pick<ImageFilesOptions, "range">, Pick<SampleReport, "device" | "encodeMs"> {
  /** Its options. */
  readonly options: GenerationOptions;
  /** The number of the wanted image; undefined for all, and the sheet. */
  readonly picture?: number;
  /** The steps; the last one has the images. */
  readonly steps: AsyncIterable<DrawnStep>;
  /** The runtime's compute time so far, in milliseconds. */
  readonly runtimeMs: () => number;
  /** Records its phases, if profiling. */
  readonly profile?: Profile;
  /** Frees the networks, so that the runtime writes their profiles. */
  readonly close?: () => Promise<void>;
  /** The layout of the sheet of images. */
  readonly layOut: (x: Tensor) => Pick<ImageFilesOptions, "sheet" | "columns" | "gridScale">;
}

/** Generates, writes the images and prints their paths. */
export async function drawAndWrite(
  run: ReadyRun,
  out: OutputFolder,
  { json }: SampleFlags,
): Promise<void> {
  const { options, picture, range, device, encodeMs, profile } = run;
  const total = stepCount(options);
  let last: DrawnStep | undefined;
  const clock = new StepClock(run.runtimeMs);
  {
    using bar = showProgress("sampling", total, "steps");
    for await (const step of run.steps) {
      if (step.index === 0 && last) profile?.phase("first stage");
      last = step;
      clock.tick(step.index);
      bar.update(clock.stepMs.length);
    }
  }
  profile?.phase(clock.stages.length > 1 ? "second stage" : "first stage");
  const x = last!.x!;
  const paths = await out.write(encodeImages(x, {
    stem: await fileStem(options),
    range,
    ...run.layOut(x),
    scale: options.scale,
    text: (picture) => generationText(options, picture),
    picture,
  }));
  profile?.phase("writing images");
  const { stepMs, overhead } = clock;
  const whole = picture === undefined;
  const { seed } = options;
  await run.close?.();
  printReport(
    {
      ...{ paths, whole, seed, parameters: storedOptions(options), device, stepMs, overhead, encodeMs },
      profile: await profile?.finish(),
    },
    json ?? false,
  );
}
