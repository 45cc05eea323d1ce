/** How convolutions move over images, and the shapes that come of it. */
import type { OptionNames } from "../../options.ts";
import type { Dim, Value } from "../graph.ts";
import { checkRank, staticDim } from "../shapes.ts";

/** How a convolution moves over the image; one number means the same for all axes. */
export interface ConvOptions {
  /** The distance between neighbouring positions of the kernel; defaults to 1. */
  readonly stride?: number | readonly number[];
  /** Zeros around the image, on both sides of an axis; defaults to 0. */
  readonly padding?: number | readonly number[];
  /** The distance between the pixels that a kernel's neighbouring numbers are multiplied with (Yu and Koltun 2016); defaults to 1. */
  readonly dilation?: number | readonly number[];
  /**
   * The number of parts that the channels are split into, each of which is convolved by itself; defaults to 1. As many as there are
   * channels makes it depthwise.
   */
  readonly groups?: number;
}

/** The names of {@linkcode ConvOptions}. */
export const convOptionNames: OptionNames<ConvOptions> = {
  stride: true,
  padding: true,
  dilation: true,
  groups: true,
};

/** Options of a transposed convolution. */
export interface ConvTransposeOptions extends ConvOptions {
  /** Rows and columns added at the end, which a strided convolution would not have reached; defaults to 0. */
  readonly outputPadding?: number | readonly number[];
}

/** The names of {@linkcode ConvTransposeOptions}. */
export const convTransposeOptionNames: OptionNames<ConvTransposeOptions> = {
  ...convOptionNames,
  outputPadding: true,
};

/** The options of a convolution for each axis, and the size of its kernel. */
export interface ConvGeometry {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

/**
 * An option for each axis.
 *
 * @param op The node to blame.
 * @throws {GraphError} if there are not as many numbers as axes, or they are no whole numbers from `least` on.
 */
export function perAxis(
  x: Value,
  given: number | readonly number[] | undefined,
  { name, axes, least, op }: {
    readonly name: string;
    readonly axes: number;
    readonly least: number;
    readonly op: string;
  },
): readonly number[] {
  const list = typeof given === "number" || given === undefined
    ? Array<number>(axes).fill(given ?? least)
    : [...given];
  if (list.length !== axes || !list.every((n) => Number.isInteger(n) && n >= least)) {
    const expected = list.length === axes
      ? `whole numbers from ${least} are`
      : `one number or ${axes} numbers are`;
    x.graph.fail(op, `${name}: ${list} where ${expected} expected`);
  }
  return list;
}

/**
 * How a convolution with these weights moves over the image.
 *
 * @param op The node to blame.
 * @param axes The axes of the image.
 * @throws {GraphError} if the weights have not two axes more, or an option is not a whole number or too small.
 */
export function convGeometry(weight: Value, options: ConvOptions, op: string, axes = 2): ConvGeometry {
  checkRank(weight, axes + 2, op, "weight");
  const { groups = 1 } = options;
  if (!(Number.isInteger(groups) && groups >= 1)) {
    weight.graph.fail(op, `groups: ${groups} where a whole number from 1 is expected`);
  }
  const option = (name: "stride" | "padding" | "dilation", least: number) =>
    perAxis(weight, options[name], { name, axes, least, op });
  return {
    kernel: Array.from({ length: axes }, (_, i) => staticDim(weight, i + 2, op)),
    stride: option("stride", 1),
    padding: option("padding", 0),
    dilation: option("dilation", 1),
    groups,
  };
}

/** A geometry as the attributes of a node. */
export function convAttributes({ kernel, stride, padding, dilation, groups }: ConvGeometry) {
  return {
    kernel_shape: { ints: kernel },
    strides: { ints: stride },
    pads: { ints: [...padding, ...padding] },
    ...(dilation.some((d) => d !== 1) && { dilations: { ints: dilation } }),
    ...(groups !== 1 && { group: { int: groups } }),
  };
}

/** How far a kernel reaches along an axis: its size, with the gaps of its dilation. */
export function extent({ kernel, dilation }: ConvGeometry, axis: number): number {
  return dilation[axis] * (kernel[axis] - 1) + 1;
}

/** The names of an image's axes, for an error. */
function axisNames(axes: number): string {
  return ["depth", "height", "width"].slice(-axes).join(", ");
}

/**
 * The shape of a convolution's images.
 *
 * @param op The node to blame.
 * @throws {GraphError} if images and weights do not fit.
 */
export function convShape(x: Value, weight: Value, g: ConvGeometry, op: string): Dim[] {
  const [n, channels] = x.shape;
  const [outputs, each] = weight.shape;
  const { groups, kernel } = g;
  const axes = kernel.length;
  const taken = groups === 1 ? channels : (channels as number) / groups;
  if (each !== taken) {
    x.graph.fail(
      op,
      `weight: shape [${weight.shape}] where [out, ${taken}, ${axisNames(axes)}] is expected`,
    );
  }
  if (groups > 1 && (outputs as number) % groups !== 0) {
    x.graph.fail(op, `groups: ${groups} where a divisor of the ${outputs} outputs is expected`);
  }
  const size = kernel.map((_, axis) => {
    const dim = x.shape[axis + 2];
    if (typeof dim === "string") return symbolicSize(dim, g, axis);
    const out = Math.floor((dim + 2 * g.padding[axis] - extent(g, axis)) / g.stride[axis]) + 1;
    if (out < 1) x.graph.fail(op, `x: shape [${x.shape}] is smaller than the kernel ${kernel}`);
    return out;
  });
  return [n, outputs, ...size];
}

/**
 * The shape of a transposed convolution's images.
 *
 * @param extra What is added at the end of each axis.
 * @param op The node to blame.
 * @throws {GraphError} if images and weights do not fit.
 */
export function convTransposeShape(
  x: Value,
  weight: Value,
  g: ConvGeometry,
  extra: readonly number[],
  op: string,
): Dim[] {
  const [n, channels] = x.shape;
  const { groups, kernel, stride, padding } = g;
  if (weight.shape[0] !== channels) {
    x.graph.fail(
      op,
      `weight: shape [${weight.shape}] where [${channels}, out, ${axisNames(kernel.length)}] is expected`,
    );
  }
  if (groups > 1 && (channels as number) % groups !== 0) {
    x.graph.fail(op, `groups: ${groups} where a divisor of the ${channels} channels is expected`);
  }
  if (extra.some((n, i) => n >= stride[i])) {
    x.graph.fail(op, `outputPadding: ${extra} where less than the stride, ${stride}, is expected`);
  }
  const size = kernel.map((_, i) => {
    const out = (staticDim(x, i + 2, op) - 1) * stride[i] - 2 * padding[i] + extent(g, i) + extra[i];
    if (out < 1) x.graph.fail(op, `padding: ${padding} leaves nothing of x [${x.shape}]`);
    return out;
  });
  return [n, groups === 1 ? weight.shape[1] : staticDim(weight, 1, op) * groups, ...size];
}

/** A name for the size that comes of a symbolic one: the same for the same geometry alone. */
function symbolicSize(dim: string, g: ConvGeometry, axis: number): string {
  const shrink = extent(g, axis) - 2 * g.padding[axis] - 1;
  if (g.stride[axis] === 1 && shrink === 0) return dim;
  return `conv(${dim} ${shrink} ${g.stride[axis]})`;
}
