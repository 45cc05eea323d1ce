/** A small convolutional classifier of 28 x 28 digits, to judge samples with. */
import { gelu, maxPool2d, reshape, type Value } from "../onnx/mod.ts";
import { batchNormLayer, convLayer, linearLayer } from "./layers.ts";
import type { Scope } from "./scope.ts";

function conv(scope: Scope, x: Value, width: number): Value {
  return gelu(
    batchNormLayer(scope.at("bn"), convLayer(scope.at("conv"), x, width, 3, { padding: 1, idleBias: true })),
  );
}

/**
 * Appends the network to a graph: two pairs of convolutions with pooling in between, then two linear layers.
 *
 * @param x Images in 0..1, `[N, 1, 28, 28]`
 * @param width Channels at full size; twice as many at half.
 * @param classes How many classes.
 * @returns The logits, `[N, classes]`
 */
export function mnistClassifier(scope: Scope, x: Value, width: number, classes: number): Value {
  const full = conv(scope.at("conv2"), conv(scope.at("conv1"), x, width), width);
  const half = conv(scope.at("conv4"), conv(scope.at("conv3"), maxPool2d(full, 2), 2 * width), 2 * width);
  const features = reshape(maxPool2d(half, 2), [x.shape[0], 2 * width * 7 * 7]);
  return linearLayer(scope.at("fc2"), gelu(linearLayer(scope.at("fc1"), features, 4 * width)), classes);
}
