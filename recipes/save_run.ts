/** Writes a training run's folder: checkpoints, the log, the model's files. */
import { described } from "../lib/errors.ts";
import { assertSound, DivergenceError } from "../lib/training/mod.ts";
import { CheckpointClock } from "./checkpoint_clock.ts";
import { appendLosses, type LossLine } from "./loss_log.ts";
import { writeModel, writeWeights } from "./model_folder.ts";
import { LARGEST_WEIGHT } from "./read_weights.ts";
import type { PreparedRun } from "./prepare_run.ts";
import { type RunFiles, runFiles } from "./run_files.ts";
import { type RunState, saveRun } from "./run_state.ts";
import { snapshotFolder } from "./snapshots.ts";

/** The state of a run's generators, before the inputs of its next step are drawn. */
export type Place = Pick<RunState, "generator" | "batches">;

/** Saves a run while it is in progress. */
export class RunSaver {
  readonly #run: PreparedRun;
  readonly #out: string;
  readonly #files: RunFiles;
  readonly #clock: CheckpointClock;
  readonly #unsaved: LossLine[] = [];
  #lastGood: number;

  /**
   * @param run The run.
   * @param out Its folder.
   * @param now The time, in milliseconds.
   */
  constructor(run: PreparedRun, out: string, now: number) {
    this.#run = run;
    this.#out = out;
    this.#files = runFiles(out);
    this.#clock = new CheckpointClock(now);
    this.#lastGood = run.trainer.steps;
  }

  /** Keeps a step's line for the log, which grows with each checkpoint: it is never behind one. */
  log(line: LossLine): void {
    this.#unsaved.push(line);
  }

  /** Whether steps were made since the last checkpoint. */
  get hasUnsaved(): boolean {
    return this.#unsaved.length > 0;
  }

  /** Whether a checkpoint must be written now; both times are in milliseconds. */
  isDue(now: number, stepTime: number): boolean {
    return this.#clock.isDue(now, stepTime);
  }

  /**
   * Writes the checkpoint, and the log up to it.
   *
   * @throws {DivergenceError} if the weights are not finite any more, or too large for the model's files.
   */
  async checkpoint(place: Place): Promise<void> {
    await this.#save(this.#files.checkpoint, place);
    this.#lastGood = this.#run.trainer.steps;
  }

  /** Writes the checkpoint from before the decay of a flat rate, as {@linkcode checkpoint} does. */
  async beforeDecay(place: Place): Promise<void> {
    await this.#save(this.#files.beforeDecay, place);
  }

  async #save(path: string, place: Place): Promise<void> {
    const { identity, trainer: { state } } = this.#run;
    assertSound(state, LARGEST_WEIGHT);
    await appendLosses(this.#files.log, this.#unsaved.splice(0));
    await saveRun(path, { identity, training: state, ...place });
    this.#clock.saved(performance.now());
  }

  /**
   * Writes the model's files with the averaged weights, here and in the epoch's folder, and snapshots of the other averages.
   *
   * @throws {DivergenceError} as {@linkcode checkpoint} does.
   */
  async model(epoch: number): Promise<void> {
    const { identity: { settings: { powerAverages = [] } }, plan: { files }, trainer } = this.#run;
    assertSound(trainer.state, LARGEST_WEIGHT);
    await writeModel(this.#out, files, trainer.weights(true));
    await writeModel(`${this.#out}/epoch-${epoch}`, files, trainer.weights(true));
    for (const [n, sigmaRel] of powerAverages.entries()) {
      const folder = snapshotFolder(this.#out, trainer.steps, sigmaRel);
      await writeWeights(folder, files, trainer.powerAverage(n));
    }
  }

  /** Logs the steps up to a divergence, and gives the error that says where the last good checkpoint is. */
  async diverged(cause: DivergenceError): Promise<DivergenceError> {
    const { checkpoint, log } = this.#files;
    await appendLosses(log, this.#unsaved); // for whoever wants to know how it came to that
    const note =
      `the training has diverged and stops; ${checkpoint} holds step ${this.#lastGood}, the last good one`;
    const { argument, found, expected, plural } = cause;
    return new DivergenceError(argument, described(found), expected, { note, plural, cause });
  }
}
