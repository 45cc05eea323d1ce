/** LoRAs in training: a network whose weights stay as they are, with matrices beside its layers that are trained. */
import { ArgumentError } from "../../argument_error.ts";
import { add, type Graph, mul, type Value } from "../../onnx/mod.ts";
import { assertOptions, type OptionNames } from "../../options.ts";
import { filled, type Initializer, kaimingUniform, normal } from "../init.ts";
import type { ConvolutionLayer, ParameterSource, Scope } from "../scope.ts";
import { lowRank } from "./low_rank.ts";

/** How the first values of `A` are drawn; those of `B` are zero, so that the network begins as it was. */
export type LoraInitialization = "kaiming" | "gaussian";

/** The projections of attention layers, those of the text included: what diffusers adapts of IF's UNet. */
export const attentionProjections: readonly string[] = [
  "to_q",
  "to_k",
  "to_v",
  "to_out.0",
  "add_k_proj",
  "add_v_proj",
];

/** What of a network is adapted, and how. */
export interface LoraOptions {
  /** Rows of `A` and columns of `B`. */
  readonly rank: number;
  /** The product is multiplied by `alpha / rank`; defaults to the rank. */
  readonly alpha?: number;
  /** The ends of the paths of the layers that are adapted; defaults to those of {@linkcode attentionProjections} that there are. */
  readonly targets?: readonly string[];
  /** How `A` begins: uniform in ±1/√in, as PEFT has it (the default), or normal with a deviation of 1/rank. */
  readonly initialization?: LoraInitialization;
}

const loraOptionNames: OptionNames<LoraOptions> = {
  rank: true,
  alpha: true,
  targets: true,
  initialization: true,
};

/** Whether a layer is one of those that are adapted. */
function isTarget(path: string, target: string): boolean {
  return path === target || path.endsWith(`.${target}`);
}

/**
 * A frozen network with LoRAs (Hu et al. 2021, section 4.1): each adapted layer is `W x + alpha / rank B A x`. Its own parameters come
 * from one source, the matrices, `PATH.lora_A.weight` and `PATH.lora_B.weight`, from a scope: that of a training step.
 */
export class LoraTrainerSource implements ParameterSource {
  readonly #frozen: ParameterSource;
  readonly #matrices: Scope;
  readonly #options: Required<LoraOptions>;
  readonly #asked: readonly string[];
  readonly #adapted = new Set<string>();

  /**
   * Makes a source.
   *
   * @param frozen The network's own weights.
   * @param matrices What the matrices are parameters of.
   * @param options Rank, alpha, targets.
   * @throws {ArgumentError} if an option is out of its range.
   */
  constructor(frozen: ParameterSource, matrices: Scope, options: LoraOptions) {
    assertOptions(options, loraOptionNames);
    const { rank, alpha = rank, targets = attentionProjections, initialization = "kaiming" } = options;
    if (!(Number.isInteger(rank) && rank >= 1)) {
      throw new ArgumentError("rank", rank, "a whole number from 1");
    }
    if (!(Number.isFinite(alpha) && alpha > 0)) throw new ArgumentError("alpha", alpha, "a number above 0");
    this.#frozen = frozen;
    this.#matrices = matrices;
    this.#options = { rank, alpha, targets, initialization };
    this.#asked = options.targets ?? [];
  }

  /** The layer, and if it is a target the update beside it. */
  convolve(graph: Graph, layer: ConvolutionLayer, plain: () => Value): Value | undefined {
    const own = this.#frozen.convolve?.(graph, layer, plain);
    const { rank, alpha, targets, initialization } = this.#options;
    const target = targets.find((target) => isTarget(layer.path, target));
    if (target === undefined) return own;
    this.#adapted.add(target);
    const y = own ?? plain();
    const [out, channels, ...kernel] = layer.weightShape;
    const fanIn = kernel.reduce((product, n) => product * n, channels);
    const init: Initializer = initialization === "gaussian" ? normal(1 / rank) : kaimingUniform(fanIn);
    const scope = this.#matrices.at(layer.path);
    const down = scope.parameter("lora_A.weight", [rank, channels, ...kernel], init);
    const up = scope.parameter("lora_B.weight", [out, rank, ...kernel.map(() => 1)], filled(0));
    return add(y, mul(lowRank(layer.x, down, up, layer.options), alpha / rank));
  }

  /**
   * Checks, once the network is built, that each requested target is one of its layers.
   *
   * @throws {ArgumentError} that names the first that is not.
   */
  assertAllTargets(): void {
    const none = this.#asked.find((target) => !this.#adapted.has(target));
    if (none === undefined) return;
    throw new ArgumentError("targets", none, "the end of the path of a layer that takes a LoRA", {
      note: `such as ${attentionProjections.join(", ")}`,
    });
  }

  /** A frozen tensor. */
  parameter(graph: Graph, name: string, shape: readonly number[], init: Initializer): Value {
    return this.#frozen.parameter(graph, name, shape, init);
  }

  /** A frozen matrix, in blocks. */
  rows(graph: Graph, name: string, shape: readonly number[], init: Initializer): readonly Value[] {
    return this.#frozen.rows?.(graph, name, shape, init) ?? [this.parameter(graph, name, shape, init)];
  }

  /** A frozen tensor. */
  buffer(graph: Graph, name: string, shape: readonly number[], start: number): Value {
    return this.#frozen.buffer(graph, name, shape, start);
  }

  /** What is frozen is not changed. */
  update(): void {}
}
