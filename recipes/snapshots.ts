/** Snapshots of a run's averages by a power of the step, and weights of another average that are made of them. */
import { ArgumentError } from "../lib/errors.ts";
import { SafetensorsFile, writeSafetensors } from "../lib/checkpoints/mod.ts";
import type { Tensor } from "../lib/tensor.ts";
import { type AverageProfile, postHocWeights, weightedSnapshots } from "../lib/training/mod.ts";
import { averageBounds, expectedSetting, isWithin } from "./settings.ts";

/** The folder of the weights of one average after one step. */
export function snapshotFolder(run: string, step: number, sigmaRel: number): string {
  return `${run}/snapshots/step-${step}/width-${sigmaRel}`;
}

/** The snapshots of a run; empty if it keeps none. */
export async function listSnapshots(run: string): Promise<AverageProfile[]> {
  const found: AverageProfile[] = [];
  for (const step of await names(`${run}/snapshots`)) {
    for (const width of await names(`${run}/snapshots/${step}`)) {
      const profile = { step: numberIn(step, "step-"), sigmaRel: numberIn(width, "width-") };
      if (Number.isSafeInteger(profile.step) && isWithin(profile.sigmaRel, averageBounds)) {
        found.push(profile);
      }
    }
  }
  return found.sort((a, b) => a.step - b.step || a.sigmaRel - b.sigmaRel);
}

/** Removes the snapshots after the step at which a run resumes: with another rate they would belong to another run. */
export async function removeSnapshots(run: string, after: number): Promise<void> {
  for (const name of await names(`${run}/snapshots`)) {
    if (!(numberIn(name, "step-") > after)) continue;
    await Deno.remove(`${run}/snapshots/${name}`, { recursive: true });
  }
}

/** The options of {@linkcode reconstructWeights}. */
export interface ReconstructOptions {
  /** The run's folder. */
  readonly run: string;
  /** The relative width of the wanted average. */
  readonly sigmaRel: number;
  /** The step of the wanted average, one with snapshots. */
  readonly step: number;
  /** The model's folder, whose files of weights are replaced. */
  readonly out: string;
}

/**
 * Writes the weights of an average that was not tracked, made of the run's snapshots up to a step (Karras et al. 2024,
 * appendix C.3). One tensor of one snapshot at a time is in memory.
 *
 * @throws {ArgumentError} if the width is out of its bounds, or there are no snapshots of that step.
 * @throws {SafetensorsError} if a snapshot is not whole.
 */
export async function reconstructWeights({ run, sigmaRel, step, out }: ReconstructOptions): Promise<void> {
  if (!isWithin(sigmaRel, averageBounds)) {
    throw new ArgumentError("sigmaRel", sigmaRel, expectedSetting(averageBounds));
  }
  const snapshots = (await listSnapshots(run)).filter((snapshot) => snapshot.step <= step);
  if (snapshots.at(-1)?.step !== step) {
    throw new ArgumentError("sigmaRel", sigmaRel, "none", {
      note: `${run} has no snapshots of averages after step ${step}`,
    });
  }
  const weights = postHocWeights(snapshots, { step, sigmaRel });
  const folders = snapshots.map((snapshot) => snapshotFolder(run, snapshot.step, snapshot.sigmaRel));
  for (const path of await weightFiles(folders[0])) {
    const files = await Promise.all(folders.map((folder) => SafetensorsFile.open(`${folder}/${path}`)));
    const tensors: Record<string, Tensor> = {};
    for (const [name, { shape }] of files[0].tensors) {
      const data = await weightedSnapshots(weights, async (n) => (await files[n].read(name)).data);
      tensors[name] = { data, shape };
    }
    await writeSafetensors(`${out}/${path}`, tensors, { dtype: "F16", metadata: { format: "pt" } });
  }
}

/** The paths of the safetensors files of a folder. */
async function weightFiles(folder: string, below = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    if (isDirectory) files.push(...await weightFiles(folder, `${below}${name}/`));
    else if (name.endsWith(".safetensors")) files.push(below + name);
  }
  return files;
}

async function names(folder: string): Promise<string[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** The number after the start of a name; NaN without that start. */
function numberIn(name: string, start: string): number {
  return name.startsWith(start) ? Number(name.slice(start.length)) : NaN;
}
