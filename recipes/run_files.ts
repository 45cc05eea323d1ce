/** The files of a run's folder that are not the model's. */
export interface RunFiles {
  /** The last checkpoint. */
  readonly checkpoint: string;
  /** The checkpoint of a run with a flat rate from before the decay: from there it can be made longer at any time. */
  readonly beforeDecay: string;
  /** The losses of all steps. */
  readonly log: string;
}

/** The paths of the files of a run's folder. */
export function runFiles(folder: string): RunFiles {
  return {
    checkpoint: `${folder}/checkpoint.safetensors`,
    beforeDecay: `${folder}/before-decay.safetensors`,
    log: `${folder}/loss.jsonl`,
  };
}
