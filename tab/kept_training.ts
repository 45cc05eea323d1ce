/** The worker's side of a training that is kept: where its checkpoints and its network go. */
import type { TrainingPlace } from "../report/context.ts";
import { drawnSet } from "./drawn_digit.ts";
import type { TrainingRequest } from "./protocol.ts";
import { holdRun, keepRun, type KeptRun, keptRun, type TrainedModel } from "./training_runs.ts";
import type { Parameters } from "../server/wire.ts";

/** The time from one checkpoint to the next, in milliseconds: it takes a fraction of a second to write. */
const EVERY = 10_000;

/** A training and what is kept of it. Dispose it where its run ends. */
export interface KeptTraining extends Disposable {
  readonly place: TrainingPlace;
  /** Keeps the network that was trained, in the place of the checkpoint. */
  finish(trained: TrainedModel): Promise<void>;
}

/**
 * Opens a training: a new one, or one that is kept.
 *
 * @param section The section that trains.
 * @param parameters Its parameters.
 * @param request The id of the run, and whether to resume it.
 * @param tell Called with a message if saving fails, and with undefined once it works again.
 * @throws {Error} in words for people if it cannot be resumed: another tab is running it, or it is no longer stored.
 */
export async function openTraining(
  section: string,
  parameters: Parameters,
  { id, resume, drawn }: TrainingRequest,
  tell: (problem: string | undefined) => void,
): Promise<KeptTraining> {
  const release = await holdRun(id);
  if (!release) throw new Error("Another tab is already running this training.");
  const known = resume ? await keptRun(id) : undefined;
  if (resume && !known?.checkpoint) {
    release();
    throw new Error("This training is no longer stored.");
  }
  let run: KeptRun = known ?? { id, section, parameters, changed: 0, step: 0, losses: [], drawn };
  const keep = async (next: Partial<KeptRun>) => {
    run = { ...run, ...next, changed: Date.now() };
    try {
      await keepRun(run);
      tell(undefined);
    } catch (error) {
      tell((error as Error).message);
    }
  };
  const set = drawnSet(run.drawn);
  return {
    place: {
      every: EVERY,
      ...(set && { drawn: set }),
      ...(known?.checkpoint && {
        resume: { step: known.step, bytes: await known.checkpoint.bytes(), losses: known.losses },
      }),
      keep: ({ step, bytes, losses }) => keep({ step, losses, checkpoint: new Blob([bytes]) }),
    },
    finish: (trained) => keep({ trained, checkpoint: undefined }),
    [Symbol.dispose]: release,
  };
}
