import { MemoryFiles } from "../../lib/platform/mod.ts";
import { checkIdentity, loadRun, type RunIdentity, type RunState } from "../../recipes/run_state.ts";
import type { TrainingCheckpoint } from "../context.ts";

/** The checkpoint's name in errors. */
const NAME = "checkpoint.safetensors";

/**
 * Reads the checkpoint of a live training.
 *
 * @param checkpoint The checkpoint.
 * @param identity The run to resume.
 * @throws {ArgumentError} if it is that of another run.
 * @throws {Error} if it is damaged.
 */
export async function resumedRun(
  { bytes }: TrainingCheckpoint,
  identity: RunIdentity,
): Promise<RunState> {
  const state = await loadRun(NAME, new MemoryFiles({ [NAME]: bytes }));
  checkIdentity({ ...state, step: state.training.step }, identity, "cosine", NAME);
  return state;
}
