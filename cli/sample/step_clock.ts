/** How long steps take. */

/** A stretch of time, and how much of it was the runtime's, in milliseconds. */
interface Stretch {
  time: number;
  runtimeMs: number;
}

/** Measures steps, and what of their time was not the runtime's. */
export class StepClock {
  /** The time of each step so far, in milliseconds. */
  readonly stepMs: number[] = [];
  /** The number of steps so far at which each stage began. */
  readonly stages: number[] = [];
  readonly #runtimeMs: () => number;
  readonly #all: Stretch = { time: 0, runtimeMs: 0 };
  readonly #warm: Stretch = { time: 0, runtimeMs: 0 };
  #last: Stretch;

  /** `runtimeMs` tells how long the runtime has computed so far. */
  constructor(runtimeMs: () => number) {
    this.#runtimeMs = runtimeMs;
    this.#last = { time: performance.now(), runtimeMs: runtimeMs() };
  }

  /**
   * A step has ended.
   *
   * @param index Its number in its stage, from 0. In the first one texts are prepared and the program itself is compiled.
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

  /** The part of the steps' time that was not the runtime's: of all but each stage's first, where there are others. */
  get overhead(): number {
    const { time, runtimeMs } = this.#warm.time > 0 ? this.#warm : this.#all;
    return 1 - runtimeMs / time;
  }
}
