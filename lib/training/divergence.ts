/** What ends a training whose numbers are none any more. */
import { ArgumentError } from "../argument_error.ts";
import { described } from "../show_value.ts";
import { bufferVectors, parameterVectors, type TrainingState } from "./training_state.ts";

/**
 * A training has diverged: its loss, its gradient or its weights are not finite. Its argument is the
 * quantity; what was found names the step.
 */
export class DivergenceError extends ArgumentError {
  /** The name of the class. */
  override name = "DivergenceError";
}

/**
 * Checks what a step has found before it changes anything.
 *
 * @param quantity What it is: `loss`, `gradientNorm`.
 * @param value Its value.
 * @param step The step that found it, from 1.
 * @throws {DivergenceError} if it is not finite.
 */
export function assertFinite(quantity: string, value: number, step: number): void {
  if (Number.isFinite(value)) return;
  throw new DivergenceError(quantity, described(`${value} at step ${step}`), "a finite number");
}

/** The averages: what becomes a model's weights. */
const averages = ["average", "bufferAverage"] as const;

/** Vectors that need only be finite. */
const others = [...parameterVectors, ...bufferVectors].filter((name) =>
  !averages.some((own) => own === name)
);

/**
 * Checks all vectors of a training's state, in one pass over each: what is kept of a training must be worth keeping.
 *
 * @param state The state.
 * @param largest The largest size of an averaged weight; defaults to the largest finite number.
 * @throws {DivergenceError} if a value is not finite, or an averaged weight is larger.
 */
export function assertSound(state: TrainingState, largest: number = Number.MAX_VALUE): void {
  for (const name of averages) check(name, state[name], largest, state.step);
  state.powerAverages?.forEach((average, n) => check(`powerAverages[${n}]`, average, largest, state.step));
  for (const name of others) check(name, state[name], Number.MAX_VALUE, state.step);
}

function check(name: string, vector: Float32Array, largest: number, step: number): void {
  for (let i = 0; i < vector.length; i++) {
    // Written so that NaN, which no comparison holds for, fails.
    if (Math.abs(vector[i]) <= largest) continue;
    const expected = largest === Number.MAX_VALUE ? "finite numbers" : `numbers within ±${largest}`;
    throw new DivergenceError(name, described(`${vector[i]} at step ${step}`), expected, { plural: true });
  }
}
