/** Convolutions in integers of 8 bits. */
import type { Value } from "../graph.ts";
import { checkOptions, checkRank, checkShape } from "../shapes.ts";
import { convAttributes, convGeometry, convOptionNames, type ConvOptions, convShape } from "./conv.ts";
import { cast, div, mul, neg, reciprocal, sub } from "./elementwise.ts";
import { affine } from "./norm.ts";
import { reshape } from "./shape.ts";

/** The zero of outputs that are as often above as below it, as uint8. */
const MIDDLE = 128;

/** The weights of a convolution as integers, and what its images are counted in. */
export interface QuantizedWeights {
  /** int8 `[O, C, kH, kW]`: a weight is `weight weightScale[o] / inputScale[c]`. */
  readonly weight: Value;
  /** float32 `[O]`, above 0. */
  readonly weightScale: Value;
  /** float32 `[C]`: a step of each input channel, above 0. */
  readonly inputScale: Value;
  /** uint8 scalar: what an input of 0 is, in all channels. */
  readonly inputZeroPoint: Value;
  /** float32 `[O]`: a step of each output channel, above 0. */
  readonly outputScale: Value;
  /** float32 `[O]`: the middle of each output channel, from which outputs reach 128 steps down and 127 up. */
  readonly outputCentre: Value;
  /** float32 `[O]`. */
  readonly bias?: Value;
}

/**
 * The convolution of float32 images in integers: inputs are rounded to uint8 and outputs to int8, each channel in steps of its own
 * (Jacob et al. 2018, "Quantization and training of neural networks for efficient integer-arithmetic-only inference", eq. 3; scales of
 * input channels that the weights take over: Xiao et al. 2023, "SmoothQuant", eq. 3).
 *
 * With q = clamp(round(x / inputScale) + inputZeroPoint, 0, 255), the output is
 * `outputCentre + outputScale clamp(round((weight * (q - inputZeroPoint) + b) weightScale / outputScale), -128, 127)`,
 * where b is `round((bias - outputCentre) / weightScale)`, * is the convolution and halves are rounded to even. It has no gradient.
 *
 * Unsigned images and signed weights are the combination that the runtime's kernels for the CPU are fast with, and static scales of
 * outputs the only ones. Channels are scaled by products beside the conversions: the runtime converts with one scale for each channel in
 * one thread and without vectors.
 *
 * @param x float32 `[N, C, H, W]`
 * @returns float32, of the shape that `conv2d` has.
 * @throws {GraphError} if shapes or types do not fit.
 */
export function quantizedConv2d(x: Value, weights: QuantizedWeights, options: ConvOptions = {}): Value {
  const op = "QLinearConv";
  const { graph } = x;
  const { weight, weightScale, inputScale, inputZeroPoint, outputScale, outputCentre, bias } = weights;
  checkOptions(x, options, convOptionNames, op);
  checkRank(x, 4, op, "x");
  const g = convGeometry(weight, options, op);
  const shape = convShape(x, weight, g, op);
  checkShape(inputScale, [x.shape[1]], op, "inputScale");
  checkShape(inputZeroPoint, [], op, "inputZeroPoint");
  for (
    const [name, value] of Object.entries({ weightScale, outputScale, outputCentre, ...(bias && { bias }) })
  ) {
    checkShape(value, [weight.shape[0]], op, name);
  }
  for (
    const [name, value, dtype] of [["weight", weight, "int8"], [
      "inputZeroPoint",
      inputZeroPoint,
      "uint8",
    ]] as const
  ) {
    if (value.dtype !== dtype) graph.fail(op, `${name}: type ${value.dtype} where ${dtype} is expected`);
  }
  const one = graph.constant(1);
  const middle = graph.constant(MIDDLE, "uint8");
  const [quantized] = graph.node({
    op: "QuantizeLinear",
    inputs: [mul(x, reshape(reciprocal(inputScale), [1, -1, 1, 1])), one, inputZeroPoint],
    outputs: [{ dtype: "uint8", shape: x.shape }],
  });
  const [sums] = graph.node({
    op,
    inputs: [
      quantized,
      one,
      inputZeroPoint,
      weight,
      div(weightScale, outputScale),
      graph.constant(0, "int8"),
      one,
      middle,
      cast(rounded(div(bias ? sub(bias, outputCentre) : neg(outputCentre), weightScale)), "int32"),
    ],
    attributes: convAttributes(g),
    outputs: [{ dtype: "uint8", shape }],
  });
  const [steps] = graph.node({
    op: "DequantizeLinear",
    inputs: [sums, one, middle],
    outputs: [{ dtype: "float32", shape }],
  });
  return affine(steps, outputScale, outputCentre);
}

/** To whole numbers, halves to even ones. */
function rounded(x: Value): Value {
  return x.graph.node({ op: "Round", inputs: [x], outputs: [{ dtype: x.dtype, shape: x.shape }] })[0];
}
