/**
 * The UNets for 28 x 28 digits: without a condition (a single-step denoiser), with time, with time and class.
 *
 * Three levels (28, 14, 7 pixels), a bottleneck of one pixel, skips by concatenation, batch norm and exact GELU.
 * Parameter names: `inp`, `d1`, `d2` on the way down, `un`, `unbn` out of the bottleneck, `u1`, `u2`, `out`, `last` on
 * the way up; `t1`, `t2`, `c1`, `c2` the small networks of the conditions.
 */
import { add, averagePool2d, concat, gelu, mul, reshape, type Value } from "../onnx/mod.ts";
import { batchNormLayer, convLayer, convTransposeLayer, linearLayer } from "./layers.ts";
import type { Scope } from "./scope.ts";

/** What the network is conditioned on. */
export interface MnistConditions {
  /** The timestep divided by the number of timesteps, `[N, 1]` in 0..1. */
  readonly time?: Value;
  /** The class as a one-hot vector, `[N, classes]`; all zeros where there is none. */
  readonly label?: Value;
}

/** Convolution, batch norm, GELU: `conv`, `bn`. */
function activated(scope: Scope, x: Value): Value {
  return gelu(batchNormLayer(scope.at("bn"), x));
}

function conv(scope: Scope, x: Value, width: number): Value {
  return activated(scope, convLayer(scope.at("conv"), x, width, 3, { padding: 1, idleBias: true }));
}

function convBlock(scope: Scope, x: Value, width: number): Value {
  return conv(scope.at("b"), conv(scope.at("a"), x, width), width);
}

function downBlock(scope: Scope, x: Value, width: number): Value {
  const down = scope.at("down");
  const half = activated(
    down,
    convLayer(down.at("conv"), x, width, 3, { stride: 2, padding: 1, idleBias: true }),
  );
  return convBlock(scope.at("block"), half, width);
}

function upBlock(scope: Scope, x: Value, width: number): Value {
  const up = scope.at("up");
  const twice = activated(
    up,
    convTransposeLayer(up.at("conv"), x, width, 4, { stride: 2, padding: 1, idleBias: true }),
  );
  return convBlock(scope.at("block"), twice, width);
}

/** Linear, GELU, linear, broadcast over the image: `[N, in]` to `[N, width, 1, 1]`. */
function fcBlock(scope: Scope, x: Value, width: number): Value {
  const out = linearLayer(scope.at("l2"), gelu(linearLayer(scope.at("l1"), x, width)), width);
  return reshape(out, [x.shape[0], width, 1, 1]);
}

/** A level of the way up under its conditions: c x + t, either left out. */
function conditioned(
  scope: Scope,
  level: 1 | 2,
  x: Value,
  width: number,
  { time, label }: MnistConditions,
): Value {
  const scaled = label ? mul(x, fcBlock(scope.at(`c${level}`), label, width)) : x;
  return time ? add(scaled, fcBlock(scope.at(`t${level}`), time, width)) : scaled;
}

/**
 * Appends the network to a graph.
 *
 * @param x Noisy images, `[N, 1, 28, 28]`
 * @param width The hidden width D.
 * @returns What the network was trained to predict: clean images or noise, `[N, 1, 28, 28]`
 */
export function mnistUnet(scope: Scope, x: Value, width: number, conditions: MnistConditions = {}): Value {
  const full = convBlock(scope.at("inp"), x, width);
  const half = downBlock(scope.at("d1"), full, width);
  const quarter = downBlock(scope.at("d2"), half, 2 * width);
  const bottleneck = gelu(averagePool2d(quarter, 7));
  const unflat = convTransposeLayer(scope.at("un"), bottleneck, 2 * width, 7, { stride: 7, idleBias: true });
  const u = conditioned(scope, 1, gelu(batchNormLayer(scope.at("unbn"), unflat)), 2 * width, conditions);
  const up = upBlock(scope.at("u1"), concat([u, quarter], 1), width);
  const v = conditioned(scope, 2, up, width, conditions);
  const top = upBlock(scope.at("u2"), concat([v, half], 1), width);
  const last = convBlock(scope.at("out"), concat([top, full], 1), width);
  return convLayer(scope.at("last"), last, 1, 3, { padding: 1 });
}
