/** The duration of steps. */

/** A duration, and how much of it was spent in the runtime, in milliseconds. */
interface Stretch {
  time: number;
  runtimeMs: number;
}

/** Measures steps, and how much of their time was spent outside the runtime. */
export class StepClock {
  /** The time of each step so far, in milliseconds. */
  readonly stepMs: number[] = [];
  /** The number of steps so far at which each stage began. */
  readonly stages: number[] = [];
  readonly #runtimeMs: () => number;
  readonly #all: Stretch = { time: 0, runtimeMs: 0 };
  readonly #warm: Stretch = { time: 0, runtimeMs: 0 };
  #last: Stretch;

  /** `runtimeMs` returns the runtime's compute time so far. */
  constructor(runtimeMs: () => number) {
    this.#runtimeMs = runtimeMs;
    this.#last = { time: performance.now(), runtimeMs: runtimeMs() };
  }

  /**
   * Records the end of a step.
   *
   * @param index Its number in its stage, from 0. The first one includes preparing texts and compiling the program.
   */
  tick(index: number): void {
    const now = { time: performance.now(), runtimeMs: this.#runtimeMs() };
    const time = now.time - this.#last.time;
    for (const stretch of index > 0 ? [this.#all, this.#warm] : [this.#all]) {
      stretch.time += time;
      stretch.runtimeMs += now.runtimeMs - this.#last.runtimeMs;
    }
    if (index === 0) this.stages.push(this.stepMs.length);
    this.stepMs.push(time);
    this.#last = now;
  }

  /** The fraction of the steps' time spent outside the runtime, without each stage's first step if there are others. */
  get overhead(): number {
    const { time, runtimeMs } = this.#warm.time > 0 ? this.#warm : this.#all;
    return 1 - runtimeMs / time;
  }
}
