/** The longest time from the start to the first checkpoint, in milliseconds; a little of it is for writing. */
const FIRST = 25 * 1000;

/** The longest time between two checkpoints, in milliseconds. */
const LONGEST = 5 * 60 * 1000;

/**
 * When a run's next checkpoint is due: the first within half a minute of the start, then each when the run is twice as old,
 * and at least every five minutes. Whenever it is killed, at most half of its work is lost, and never more than five minutes.
 */
export class CheckpointClock {
  readonly #started: number;
  #saved: number;

  /** Starts at a time, in milliseconds. */
  constructor(now: number) {
    this.#started = now;
    this.#saved = now;
  }

  /**
   * Whether a checkpoint must be written now, for after the next step it would be too late.
   *
   * @param now The time, in milliseconds.
   * @param stepTime How long a step takes, in milliseconds.
   */
  isDue(now: number, stepTime: number): boolean {
    const interval = Math.min(LONGEST, Math.max(FIRST, this.#saved - this.#started));
    return now + stepTime - this.#saved > interval;
  }

  /** Records that one was written. */
  saved(now: number): void {
    this.#saved = now;
  }
}
