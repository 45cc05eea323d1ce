/** How long steps take. */

/** Measures steps, and what of their time was not the runtime's. */
export class StepClock {
  /** The time of each step so far, in milliseconds. */
  readonly stepMs: number[] = [];
  readonly #runtimeMs: () => number;
  // Of the time after the first step, in which the program itself is compiled.
  #warm: { time: number; runtimeMs: number };
  #last: number;

  /** `runtimeMs` tells how long the runtime has computed so far. */
  constructor(runtimeMs: () => number) {
    this.#runtimeMs = runtimeMs;
    this.#last = performance.now();
    this.#warm = { time: this.#last, runtimeMs: runtimeMs() };
  }

  /** A step has ended. */
  tick(): void {
    const time = performance.now();
    this.stepMs.push(time - this.#last);
    this.#last = time;
  }

  /** The first step has ended, and others follow. */
  warm(): void {
    this.#warm = { time: this.#last, runtimeMs: this.#runtimeMs() };
  }

  /** The part of the time, up to the last step, that was not the runtime's. */
  get overhead(): number {
    return 1 - (this.#runtimeMs() - this.#warm.runtimeMs) / (this.#last - this.#warm.time);
  }
}
