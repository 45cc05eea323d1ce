/** The weights of MobileNetV2 as the package nsfwjs ships them: a layers model of TensorFlow.js, its numbers quantised to bytes. */
import { ArgumentError, described } from "../../lib/errors.ts";
import { sizeOf, type Tensor } from "../../lib/tensor.ts";

/** One tensor of a layers model's manifest. */
interface ManifestEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly min: number; readonly scale: number; readonly dtype: string };
}

/** A layers model, as far as it is used. */
interface LayersModel {
  readonly weightsManifest: readonly { readonly weights: readonly ManifestEntry[] }[];
}

/**
 * Reads the weights, under Keras's names and in Keras's layout.
 *
 * @throws {ArgumentError} if the package holds something else than is expected.
 */
export async function readNsfwjsWeights(): Promise<ReadonlyMap<string, Tensor>> {
  const { MobileNetV2Model: { modelJson, weightBundles } } = await import("nsfwjs/models/mobilenet_v2");
  const model = (await modelJson() as { default: LayersModel }).default;
  const shards = await Promise.all(weightBundles.map(async (bundle: () => Promise<{ default: unknown }>) => {
    return Uint8Array.fromBase64((await bundle()).default as string);
  }));
  const bytes = new Uint8Array(await new Blob(shards).arrayBuffer());
  return dequantised(model.weightsManifest.flatMap(({ weights }) => weights), bytes);
}

/** Cuts the bytes into tensors: each byte b means `min + scale b`. */
export function dequantised(
  manifest: readonly ManifestEntry[],
  bytes: Uint8Array,
): ReadonlyMap<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  let start = 0;
  for (const { name, shape, quantization } of manifest) {
    if (quantization?.dtype !== "uint8") {
      throw new ArgumentError("weights", described(`${name} of ${quantization?.dtype}`), "uint8");
    }
    const end = start + sizeOf(shape);
    const { min, scale } = quantization;
    const data = Float32Array.from(bytes.subarray(start, end), (byte) => min + scale * byte);
    tensors.set(name, { data, shape });
    start = end;
  }
  if (start !== bytes.length) {
    throw new ArgumentError("weights", described(`${bytes.length} bytes`), `${start}`, { plural: true });
  }
  return tensors;
}
