import { ArgumentError } from "../argument_error.ts";
import type { Condition } from "../diffusion/types.ts";
import { described } from "../show_value.ts";
import { concat, repeat, type Tensor } from "../tensor.ts";

/** A condition, and how many images are under it. */
export interface ConditionUse {
  /** The condition. */
  readonly condition: Condition;
  /** The number of images. */
  readonly count: number;
}

/**
 * Joins the conditions of a batch to inputs with a row for each image. The last outcome is kept, since the
 * conditions of one step are those of the next, and may be large.
 */
export class JoinedConditions {
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  #uses: readonly ConditionUse[] = [];
  #inputs: Readonly<Record<string, Tensor>> = {};

  /** `shapes` are those of the inputs by name, without the batch. */
  constructor(shapes: ReadonlyMap<string, readonly number[]>) {
    this.#shapes = shapes;
  }

  /**
   * The inputs, `[all images, ...]` each.
   *
   * @param uses The conditions, each of batch 1, for all of its images, or with a row for each of them.
   * @throws {ArgumentError} if a condition lacks an input, or has one of another shape.
   */
  join(uses: readonly ConditionUse[]): Readonly<Record<string, Tensor>> {
    const same = uses.length === this.#uses.length && uses.every(({ condition, count }, i) => {
      return condition === this.#uses[i].condition && count === this.#uses[i].count;
    });
    if (!same) {
      this.#inputs = Object.fromEntries(
        [...this.#shapes].map(([name, shape]) => {
          return [name, concat(uses.map((use) => rows(use, name, shape)))];
        }),
      );
      this.#uses = uses;
    }
    return this.#inputs;
  }
}

/** One input of a condition, with a row for each image. */
function rows({ condition, count }: ConditionUse, name: string, shape: readonly number[]): Tensor {
  const tensor = condition.inputs[name];
  const fits = tensor?.shape.length === shape.length + 1 &&
    shape.every((n, i) => n === tensor.shape[i + 1]) &&
    (tensor.shape[0] === 1 || tensor.shape[0] === count);
  if (!fits) {
    const found = tensor ? `${name} [${tensor.shape}]` : `no ${name}`;
    throw new ArgumentError("condition", described(found), `${name} [1,${shape}] or [${count},${shape}]`);
  }
  return tensor.shape[0] === count ? tensor : repeat(tensor, count);
}
