/**
 * A larger stage I from a smaller one, and another vocabulary: what was learned is kept, so that a wider network does not
 * begin from nothing (Chen et al. 2016, "Net2Net").
 *
 * New channels have random weights, as in a new network, and nothing that was there before sees them: their outgoing weights
 * are zero. Groups of the norms keep their width, so that new channels are groups of their own; in norms over a skip
 * connection a group or two are mixed, which training mends in its first steps.
 */
import { Matrix, solve } from "ml-matrix";
import { ArgumentError, described } from "../../lib/errors.ts";
import { sizeOf, type Tensor } from "../../lib/tensor.ts";
import type { SentencePieceTokenizer } from "../../lib/text/mod.ts";
import { TIMESTEPS } from "./configs.ts";

/** A model's weights by name, and what they mean. */
export interface GrownFrom {
  /** The weights: `unet.` and `text_encoder.` with diffusers' names. */
  readonly weights: Readonly<Record<string, Tensor>>;
  /** Channels of each level of its UNet. */
  readonly channels: readonly number[];
  /** Its vocabulary. */
  readonly tokenizer: SentencePieceTokenizer;
}

const EMBEDDINGS = "text_encoder.shared.weight";
const TIME = "unet.time_embedding.linear_1.weight";

/**
 * The weights of a larger network which computes what a smaller one does.
 *
 * @param from The smaller one.
 * @param to The larger one, with first weights of its own.
 * @returns Weights with the names and shapes of the larger one.
 * @throws {ArgumentError} if a tensor is missing in the smaller one, or is larger there.
 */
export function growStageOne(from: GrownFrom, to: GrownFrom): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(to.weights).map(([name, fresh]) => {
      const old = from.weights[name];
      const fits = old && old.shape.length === fresh.shape.length &&
        (name === EMBEDDINGS || old.shape.every((size, axis) => size <= fresh.shape[axis]));
      if (!fits) {
        const found = described(old ? `"${name}" of [${old.shape}]` : `no tensor "${name}"`);
        throw new ArgumentError("from", found, `one of at most [${fresh.shape}]`);
      }
      if (name === EMBEDDINGS) return [name, embeddingsByPiece(old, fresh, from.tokenizer, to.tokenizer)];
      if (name === TIME) return [name, resampledTimes(old, fresh.shape[1])];
      return [name, embedded(old, fresh, partsOf(name, from.channels), partsOf(name, to.channels))];
    }),
  );
}

/** How the first two axes of a tensor are put together: the sizes of their parts, or undefined where there is one part. */
type Parts = readonly [outputs?: readonly number[], inputs?: readonly number[]];

/** The parts of a tensor's axes: scale and shift of a time embedding, and in the way up the image and its skip connection. */
function partsOf(name: string, channels: readonly number[]): (shape: readonly number[]) => Parts {
  return (shape) => {
    if (name.includes(".time_emb_proj.")) return [[shape[0] / 2, shape[0] / 2]];
    const found = /^unet\.up_blocks\.(\d+)\.resnets\.(\d+)\.(norm1|conv1\.weight|conv_shortcut\.weight)/.exec(
      name,
    );
    if (!found) return [];
    const up = channels.toReversed();
    const [block, resnet] = [Number(found[1]), Number(found[2])];
    const image = up[resnet === 0 ? Math.max(0, block - 1) : block];
    const split = (whole: number) => [image, whole - image];
    return found[3] === "norm1" ? [split(shape[0])] : [undefined, split(shape[1])];
  };
}

/** For each index of an axis the index that it had, or -1 if it is new. */
function origins(old: readonly number[], fresh: readonly number[]): number[] {
  let start = 0;
  return fresh.flatMap((size, part) => {
    const first = start;
    start += old[part];
    return Array.from({ length: size }, (_, i) => i < old[part] ? first + i : -1);
  });
}

/** Puts a tensor into a larger one; where old outputs would see new inputs there is zero. */
function embedded(
  old: Tensor,
  fresh: Tensor,
  oldParts: (shape: readonly number[]) => Parts,
  freshParts: (shape: readonly number[]) => Parts,
): Tensor {
  const [oldOut = [old.shape[0]], oldIn = [old.shape[1] ?? 1]] = oldParts(old.shape);
  const [freshOut = [fresh.shape[0]], freshIn = [fresh.shape[1] ?? 1]] = freshParts(fresh.shape);
  const [rows, columns] = [origins(oldOut, freshOut), origins(oldIn, freshIn)];
  const inner = sizeOf(fresh.shape.slice(2));
  const data = Float32Array.from(fresh.data);
  for (const [row, oldRow] of rows.entries()) {
    if (oldRow < 0) continue;
    for (const [column, oldColumn] of columns.entries()) {
      const at = (row * columns.length + column) * inner;
      if (oldColumn < 0) data.fill(0, at, at + inner);
      else {
        const start = (oldRow * (old.shape[1] ?? 1) + oldColumn) * inner;
        data.set(old.data.subarray(start, start + inner), at);
      }
    }
  }
  return { data, shape: fresh.shape };
}

/** The embedding of each new piece: that of the same piece, or else the mean of the old pieces that its text consists of. */
function embeddingsByPiece(
  old: Tensor,
  fresh: Tensor,
  before: SentencePieceTokenizer,
  now: SentencePieceTokenizer,
): Tensor {
  const width = fresh.shape[1];
  const ids = new Map(Array.from({ length: before.vocabularySize }, (_, id) => [before.pieceOf(id)!, id]));
  const data = new Float32Array(sizeOf(fresh.shape));
  for (let id = 0; id < now.vocabularySize; id++) {
    const piece = now.pieceOf(id)!;
    const same = ids.get(piece);
    const sources = same === undefined ? before.encode(piece.replaceAll("\u2581", " ")) : [same];
    for (const source of sources) {
      for (let i = 0; i < width; i++) data[id * width + i] += old.data[source * width + i] / sources.length;
    }
  }
  return { data, shape: fresh.shape };
}

/** The layer over sines and cosines of the timestep, for more of them: the nearest function of it, by least squares. */
function resampledTimes(old: Tensor, width: number): Tensor {
  const [outputs, oldWidth] = old.shape;
  if (oldWidth === width) return old;
  const [before, now] = [waves(oldWidth), waves(width)];
  const turned = now.transpose();
  const normal = turned.mmul(now).add(Matrix.eye(width).mul(1e-3));
  const map = solve(normal, turned.mmul(before)); // [width, oldWidth]
  const weights = new Matrix(outputs, oldWidth);
  for (let row = 0; row < outputs; row++) {
    for (let column = 0; column < oldWidth; column++) {
      weights.set(row, column, old.data[row * oldWidth + column]);
    }
  }
  return { data: Float32Array.from(weights.mmul(map.transpose()).to1DArray()), shape: [outputs, width] };
}

/** Cosines and sines of each timestep, `[TIMESTEPS, width]`, as the networks of the cascade have them. */
function waves(width: number): Matrix {
  const half = width / 2;
  const frequency = (i: number) => Math.exp(-Math.log(10_000) * i / half);
  return new Matrix(Array.from({ length: TIMESTEPS }, (_, t) => {
    return Array.from({ length: width }, (_, i) => {
      return i < half ? Math.cos(t * frequency(i)) : Math.sin(t * frequency(i - half));
    });
  }));
}
