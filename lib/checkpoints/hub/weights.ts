/**
 * The names of weights in the layout of diffusers: `NAME.safetensors`, `NAME.VARIANT.safetensors`, and the same in shards with
 * an index.
 *
 * @module
 */
import { HubError } from "./error.ts";

/** The names that diffusers and transformers give to a component's weights. */
const NAMES = ["diffusion_pytorch_model", "model"];

// The variant stands before the number of a shard; in older repositories after it.
const WEIGHTS = /^([^.]+?)(?:\.([\w-]+?))?(?:-(\d{5})-of-(\d{5}))?(?:\.([\w-]+))?\.safetensors$/;
const INDEX = /^([^.]+)\.safetensors\.index(?:\.([\w-]+))?\.json$/;

/** Weights in formats that are not read here. */
const OTHER = /\.(bin|msgpack|h5|ckpt|pt|pth|onnx|onnx_data|gguf)$/;

/** One set of weights of a component: one file, or shards and what says which tensor is in which. */
interface Weights {
  /** The only file. */
  single?: string;
  /** The shards, by their number. */
  readonly shards: Map<number, string>;
  /** How many shards there must be. */
  shardCount: number;
  /** What says which tensor is in which shard. */
  index?: string;
}

/** A component's sets of weights. */
export class ComponentWeights {
  readonly #component: string;
  readonly #byVariant = new Map<string, Weights>();
  readonly #other: string[] = [];

  /**
   * Finds the sets of weights among a component's files.
   *
   * @param component The component's name, for errors.
   * @param names Its files' names, without the folder.
   */
  constructor(component: string, names: readonly string[]) {
    this.#component = component;
    // Rarely are there weights of both names; they are the same then, for one library and the other.
    const stem = NAMES.find((name) => names.some((file) => parse(file)?.stem === name));
    for (const file of names) {
      const parsed = parse(file);
      if (parsed && parsed.stem === stem) this.#add(file, parsed);
      else if (OTHER.test(file)) this.#other.push(file);
    }
  }

  /** The variants that there are, without that which has no name. */
  get variants(): string[] {
    return [...this.#byVariant.keys()].filter((variant) => variant !== "").sort();
  }

  /**
   * The files of a variant; of the weights without a variant, where there are none of it.
   *
   * @param variant The variant; empty for none.
   * @returns The files' names; none if the component has no weights at all, as a scheduler has not.
   * @throws {HubError} if there are weights, but none that can be used.
   */
  select(variant: string): string[] {
    const weights = this.#byVariant.get(variant) ?? this.#byVariant.get("");
    if (weights) return this.#whole(weights);
    if (this.#byVariant.size > 0) {
      throw new HubError(
        "unsuitable",
        `${this.#component}: no weights without a variant: ask for one of ${this.variants.join(", ")}`,
      );
    }
    if (this.#other.length > 0) {
      throw new HubError(
        "unsuitable",
        `${this.#component}: ${this.#other[0]} where weights in a .safetensors file are expected`,
      );
    }
    return [];
  }

  #add(file: string, { variant, shard, count, index }: Parsed): void {
    const weights: Weights = this.#byVariant.get(variant) ?? { shards: new Map(), shardCount: 0 };
    if (index) weights.index = file;
    else if (shard === undefined) weights.single = file;
    else weights.shards.set(shard, file);
    weights.shardCount = Math.max(weights.shardCount, count ?? 0);
    this.#byVariant.set(variant, weights);
  }

  #whole({ single, shards, shardCount, index }: Weights): string[] {
    if (single) return [single];
    for (let shard = 1; shard <= shardCount; shard++) {
      if (!shards.has(shard)) {
        throw new HubError(
          "unsuitable",
          `${this.#component}: shard ${shard} of ${shardCount} does not exist`,
        );
      }
    }
    if (shards.size !== shardCount || shardCount === 0 || !index) {
      throw new HubError("unsuitable", `${this.#component}: an index and its shards are expected`);
    }
    return [...shards.values(), index].sort();
  }
}

/** What the name of a file says. */
interface Parsed {
  readonly stem: string;
  readonly variant: string;
  readonly shard?: number;
  readonly count?: number;
  readonly index?: true;
}

function parse(file: string): Parsed | undefined {
  const index = INDEX.exec(file);
  if (index) return { stem: index[1], variant: index[2] ?? "", index: true };
  const weights = WEIGHTS.exec(file);
  if (!weights || !NAMES.includes(weights[1])) return undefined;
  const [, stem, before, shard, count, after] = weights;
  const variant = before ?? after ?? "";
  return shard ? { stem, variant, shard: Number(shard), count: Number(count) } : { stem, variant };
}
