/** From a finished run to a model that ships: its files, its log, pictures, measurements and card in one folder. */
import { findRecipe } from "./mod.ts";
import { writeAtomic } from "./atomic_write.ts";
import type { Evaluation } from "./evaluate.ts";
import { lossCurve } from "./loss_curve.ts";
import { readLosses } from "./loss_log.ts";
import { modelCard } from "./model_card.ts";
import { loadRun } from "./run_state.ts";

/** What a release is made from. */
export interface ReleaseOptions {
  /** The run's folder. */
  readonly run: string;
  /** The folder that is written. */
  readonly out: string;
  /** Measures the model of a folder; each result under the command that a user would type. */
  readonly measure: (folder: string) => Promise<{ command: string; result: Evaluation }[]>;
  /** The day. */
  readonly date: string;
  /** The commit of the code that trained it. */
  readonly commit: string;
}

/**
 * Copies a run's model to a folder and writes its card.
 *
 * @throws {RangeError} if the run is not finished.
 */
export async function release({ run, out, measure, date, commit }: ReleaseOptions): Promise<void> {
  const { identity } = await loadRun(`${run}/checkpoint.safetensors`);
  const recipe = findRecipe(identity.recipe);
  const losses = await readLosses(`${run}/loss.jsonl`);
  const { epochs } = identity.settings;
  const perEpoch = Math.floor(identity.pictures / identity.settings.batch);
  if (losses.length !== epochs * perEpoch) {
    throw new RangeError(
      `run: ${losses.length} steps where the ${epochs * perEpoch} of a finished run are expected`,
    );
  }
  await copyTree(`${run}/epoch-${epochs}`, out);
  await writeAtomic(`${out}/loss.jsonl`, await Deno.readFile(`${run}/loss.jsonl`));
  const pictures: { file: string; caption: string }[] = [];
  for (const epoch of new Set([1, epochs])) {
    const file = `epoch-${epoch}.png`;
    const bytes = await Deno.readFile(`${run}/${file}`).catch(() => undefined);
    if (!bytes) continue;
    await writeAtomic(`${out}/${file}`, bytes);
    pictures.push({ file, caption: `After epoch ${epoch}` });
  }
  await writeAtomic(`${out}/loss.svg`, lossCurve(losses));
  const evaluations = await measure(out);
  const card = modelCard({ recipe, run: identity, losses, evaluations, pictures, date, commit });
  await writeAtomic(`${out}/README.md`, card);
}

/** Copies a model's files, each whole or not at all. */
async function copyTree(from: string, to: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyTree(`${from}/${name}`, `${to}/${name}`);
    else await writeAtomic(`${to}/${name}`, await Deno.readFile(`${from}/${name}`));
  }
}
