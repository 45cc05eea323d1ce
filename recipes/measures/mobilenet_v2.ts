/** MobileNetV2 (Sandler et al. 2018) up to its pooled features, as Keras builds it, batch norm folded into the convolutions. */
import { filled, type Scope } from "../../lib/nn/mod.ts";
import { add, conv2d, max, mean, min, pad, type Value } from "../../lib/onnx/mod.ts";

/** Height and width of the pictures that it was trained on. */
export const MOBILENET_SIZE = 224;

/** How many features it has. */
export const MOBILENET_FEATURES = 1280;

/** The bottlenecks (table 2 of the paper): expansion, channels, how many in a row, stride of the first. */
const bottlenecks = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** The batch norm that follows a convolution, as Keras names it. */
export function batchNormOf(convolution: string): string {
  if (convolution === "Conv1") return "bn_Conv1";
  return `${convolution}${convolution === "Conv_1" ? "_bn" : "_BN"}`;
}

/** What the network sees, at the depths that are used. */
export interface MobilenetValues {
  /** After each row of the paper's table 2, `[N, channels, height, width]`: 112, 56, 28, 14, 14, 7 and 7 places wide. */
  readonly rows: readonly Value[];
  /** `[N, 1280]`, each the mean of one of the last features over all places. */
  readonly pooled: Value;
}

/**
 * Appends the network to a graph.
 *
 * @param x Pictures, `[N, 3, 224, 224]` in 0..1
 */
export function mobilenetV2(scope: Scope, x: Value): MobilenetValues {
  let h = relu6(convolution(scope.at("Conv1"), padEnd(x), 32, 3, 2));
  let block = 0;
  const rows: Value[] = [];
  for (const [expansion, channels, count, firstStride] of bottlenecks) {
    for (let i = 0; i < count; i++, block++) {
      h = bottleneck(scope, block, h, expansion, channels, i === 0 ? firstStride : 1);
    }
    rows.push(h);
  }
  const last = relu6(convolution(scope.at("Conv_1"), h, MOBILENET_FEATURES, 1));
  return { rows, pooled: mean(last, { axes: [2, 3] }) };
}

/** Widens, looks at each channel's surroundings, narrows; adds the input where the result has its shape (figure 4d). */
function bottleneck(
  scope: Scope,
  block: number,
  x: Value,
  expansion: number,
  channels: number,
  stride: number,
): Value {
  const inputs = x.shape[1] as number;
  const part = (name: string) => scope.at(`${block === 0 ? "expanded_conv" : `block_${block}`}_${name}`);
  const wide = expansion === 1 ? x : relu6(convolution(part("expand"), x, expansion * inputs, 1));
  const seen = relu6(depthwise(part("depthwise"), wide, stride));
  const narrow = convolution(part("project"), seen, channels, 1);
  return stride === 1 && inputs === channels ? add(x, narrow) : narrow;
}

function convolution(scope: Scope, x: Value, outputs: number, kernel: number, stride = 1): Value {
  return scope.build(() => {
    const weight = scope.parameter("weight", [outputs, x.shape[1], kernel, kernel], filled(0));
    return conv2d(x, weight, scope.parameter("bias", [outputs], filled(0)), { stride });
  });
}

/** A 3 x 3 convolution of each channel by itself. */
function depthwise(scope: Scope, x: Value, stride: number): Value {
  return scope.build(() => {
    const [n, channels] = x.shape;
    const weight = scope.parameter("weight", [channels, 1, 3, 3], filled(0));
    const bias = scope.parameter("bias", [channels], filled(0));
    const padded = stride === 1 ? pad(x, [[0, 0], [0, 0], [1, 1], [1, 1]]) : padEnd(x);
    const [height, width] = [2, 3].map((axis) =>
      Math.floor(((padded.shape[axis] as number) - 3) / stride) + 1
    );
    return x.graph.node({
      op: "Conv",
      inputs: [padded, weight, bias],
      attributes: {
        group: { int: channels as number },
        kernel_shape: { ints: [3, 3] },
        strides: { ints: [stride, stride] },
      },
      outputs: [{ dtype: x.dtype, shape: [n, channels, height, width] }],
    })[0];
  });
}

/** Zeros below and to the right alone: where a picture is halved, Keras pads the end. */
function padEnd(x: Value): Value {
  return pad(x, [[0, 0], [0, 0], [0, 1], [0, 1]]);
}

/** x within 0 and 6 (section 6.1 of the paper). */
function relu6(x: Value): Value {
  return min(max(x, 0), 6);
}
