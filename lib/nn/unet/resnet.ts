/** Residual blocks under an embedding. */
import {
  add,
  averagePool2d,
  div,
  groupNorm,
  mul,
  reshape,
  split,
  upsampleNearest2d,
  type Value,
} from "../../onnx/mod.ts";
import { filled } from "../init.ts";
import { convLayer, groupNormLayer, linearLayer } from "../layers.ts";
import type { Scope } from "../scope.ts";
import { activate, type UnetActivation } from "./activation.ts";

/** What all residual blocks of a network have in common. */
export interface ResnetStyle {
  /** Groups of the group norms. */
  readonly groups: number;
  /** What the group norms add to a variance. */
  readonly epsilon: number;
  /** The activation. */
  readonly activation: UnetActivation;
  /** Whether the embedding scales and shifts the second norm's outcome; else it is added before that norm. */
  readonly scaleShift: boolean;
}

/** How a residual block differs from its neighbours. */
export interface ResnetOptions {
  /** Output channels; default to the input channels. */
  readonly channels?: number;
  /** Whether images are halved or doubled in it. */
  readonly resample?: "half" | "double";
  /** What its output is divided by. */
  readonly scale: number;
}

const resamplings = {
  half: (x: Value) => averagePool2d(x, 2),
  double: (x: Value) => upsampleNearest2d(x, 2),
};

/**
 * A residual block (Ho et al. 2020, appendix B; with `scaleShift`, and resampling inside the block, Dhariwal and Nichol 2021, section 3).
 *
 * Parameters: `norm1`, `conv1`, `time_emb_proj`, `norm2`, `conv2`, and where the channels change `conv_shortcut`.
 *
 * @param x `[N, C, H, W]`
 * @param embedding The time embedding, activated, `[N, embeddingWidth]`
 * @returns `[N, channels, H', W']`
 */
export function resnet(
  scope: Scope,
  x: Value,
  embedding: Value,
  { groups, epsilon, activation, scaleShift }: ResnetStyle,
  { channels = x.shape[1] as number, resample, scale }: ResnetOptions,
): Value {
  const resampled = (value: Value) => scope.build(() => resample ? resamplings[resample](value) : value);
  const activated = (value: Value) => scope.build(() => activate(value, activation));
  const first = activated(groupNormLayer(scope.at("norm1"), x, groups, epsilon));
  const hidden = convLayer(scope.at("conv1"), resampled(first), channels, 3, { padding: 1 });
  const time = linearLayer(scope.at("time_emb_proj"), embedding, scaleShift ? 2 * channels : channels);
  const norm = scope.at("norm2");
  const second = activated(
    scaleShift
      ? adaptiveNorm(norm, hidden, time, groups, epsilon)
      : groupNormLayer(norm, scope.build(() => shifted(hidden, time)), groups, epsilon),
  );
  const residual = convLayer(scope.at("conv2"), second, channels, 3, { padding: 1 });
  const input = resampled(x);
  const shortcut = channels === x.shape[1] ? input : convLayer(scope.at("conv_shortcut"), input, channels, 1);
  return scope.build(() => {
    const sum = add(shortcut, residual);
    return scale === 1 ? sum : div(sum, scale);
  });
}

/** Images with a number added to each channel: `x [N, C, H, W]`, `shift [N, C]`. */
function shifted(x: Value, shift: Value): Value {
  return add(x, reshape(shift, [x.shape[0], x.shape[1], 1, 1]));
}

/**
 * Group norm whose outcome is multiplied by 1 + scale and shifted. The numbers of an image are put together first,
 * so that the image itself is passed over once.
 *
 * @param scaleShift Scale and shift, `[N, 2 C]`
 */
function adaptiveNorm(scope: Scope, x: Value, scaleShift: Value, groups: number, epsilon: number): Value {
  const channels = x.shape[1] as number;
  return scope.build(() => {
    const [scale, shift] = split(scaleShift, [channels, channels], 1);
    const factor = add(scale, 1);
    const weight = mul(scope.parameter("weight", [channels], filled(1)), factor);
    const bias = add(mul(scope.parameter("bias", [channels], filled(0)), factor), shift);
    return groupNorm(x, groups, weight, bias, epsilon);
  });
}
