/** From a finished run to a model that ships: its files, its log, pictures, measurements and card in one folder. */
import { ArgumentError, described } from "../lib/errors.ts";
import { findRecipe } from "./mod.ts";
import { writeAtomic } from "./atomic_write.ts";
import type { Evaluation } from "./evaluate.ts";
import { lossCurve } from "./loss_curve.ts";
import { readLosses } from "./loss_log.ts";
import { type CardFacts, modelCard } from "./model_card.ts";
import { loadHeader } from "./run_state.ts";
import { reconstructWeights } from "./snapshots.ts";

/** The options of a release. */
export interface ReleaseOptions {
  /** The run's folder. */
  readonly run: string;
  /** The folder that is written. */
  readonly out: string;
  /** The epoch whose weights are released, one that the run has written; defaults to the last of a finished run. */
  readonly epoch?: number;
  /**
   * The relative width of the average whose weights are released, of a run that keeps snapshots of some; defaults to the average that the
   * run itself has written.
   */
  readonly sigmaRel?: number;
  /** Writes the card, and may add files to the folder before. Defaults to the common card. */
  readonly card?: (facts: CardFacts & { readonly epoch: number }) => string | Promise<string>;
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
 * @throws {ArgumentError} if the run is not finished and no epoch is given, the epoch's weights were not written, or there are no
 * snapshots to make the average of.
 */
export async function releaseModel(options: ReleaseOptions): Promise<void> {
  const { run, out, measure, date, commit, sigmaRel, card = modelCard } = options;
  const { identity } = await loadHeader(`${run}/checkpoint.safetensors`);
  const recipe = findRecipe(identity.recipe);
  const { epochs } = identity.settings;
  const { epoch = epochs } = options;
  const losses = (await readLosses(`${run}/loss.jsonl`)).filter((line) => line.epoch <= epoch);
  const perEpoch = Math.floor(identity.pictures / identity.settings.batch);
  if (losses.length !== epoch * perEpoch) {
    const what = options.epoch === undefined ? "of a finished run" : `up to epoch ${epoch}`;
    throw new ArgumentError("run", described(`${losses.length} steps`), `the ${epoch * perEpoch} ${what}`, {
      plural: true,
    });
  }
  const written = await Deno.stat(`${run}/epoch-${epoch}`).catch(() => undefined);
  if (!written) throw new ArgumentError("epoch", epoch, `one that ${run} has written`);
  await copyTree(`${run}/epoch-${epoch}`, out);
  if (sigmaRel !== undefined) await reconstructWeights({ run, sigmaRel, step: epoch * perEpoch, out });
  await writeAtomic(`${out}/loss.jsonl`, losses.map((line) => JSON.stringify(line) + "\n").join(""));
  const pictures: { file: string; caption: string }[] = [];
  for (const shown of new Set([1, epoch])) {
    const file = `epoch-${shown}.png`;
    const bytes = await Deno.readFile(`${run}/${file}`).catch(() => undefined);
    if (!bytes) continue;
    await writeAtomic(`${out}/${file}`, bytes);
    pictures.push({ file, caption: `After epoch ${shown}` });
  }
  await writeAtomic(`${out}/loss.svg`, lossCurve(losses));
  const evaluations = await measure(out);
  const facts = { recipe, run: identity, losses, evaluations, pictures, date, commit, epoch, sigmaRel };
  await writeAtomic(`${out}/README.md`, await card(facts));
}

/** Copies a model's files, each atomically. */
async function copyTree(from: string, to: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyTree(`${from}/${name}`, `${to}/${name}`);
    else await writeAtomic(`${to}/${name}`, await Deno.readFile(`${from}/${name}`));
  }
}
