/** A model's folder: written after epochs, read to start from. */
import { dirname } from "node:path";
import { ArgumentError, described } from "../lib/errors.ts";
import { SafetensorsFile, writeSafetensors } from "../lib/checkpoints/mod.ts";
import type { Tensor } from "../lib/tensor.ts";
import { writeAtomic } from "./atomic_write.ts";
import type { ModelFiles } from "./recipe.ts";

/** The largest weight that the files hold: that of fp16. */
export const LARGEST_WEIGHT = 65_504;

/** Writes the files: configs, and the weights as fp16. */
export async function writeModel(
  folder: string,
  { configs, weights }: ModelFiles,
  tensors: Readonly<Record<string, Tensor>>,
): Promise<void> {
  for (const [path, config] of Object.entries(configs)) {
    const content = config instanceof Uint8Array ? config : JSON.stringify(config, null, 2) + "\n";
    await writeAtomic(`${folder}/${path}`, content);
  }
  await writeWeights(folder, weights, tensors);
}

/** Writes the files of weights alone, as fp16. */
export async function writeWeights(
  folder: string,
  weights: ModelFiles["weights"],
  tensors: Readonly<Record<string, Tensor>>,
): Promise<void> {
  for (const [path, start] of Object.entries(weights)) {
    const part = Object.entries(tensors)
      .filter(([name]) => name.startsWith(start))
      .map(([name, value]) => [name.slice(start.length), value]);
    await Deno.mkdir(dirname(`${folder}/${path}`), { recursive: true });
    await writeSafetensors(`${folder}/${path}`, Object.fromEntries(part), {
      dtype: "F16",
      metadata: { format: "pt" },
    });
  }
}

/**
 * Reads the weights of a folder that {@linkcode writeModel} wrote, or the one file of a model that has one.
 *
 * @throws {ArgumentError} if it is a file where the model has several, or neither, was trained with another vocabulary, or holds
 * what is no weight.
 * @throws {Error} if a file is missing or damaged.
 */
export async function readWeights(
  from: string,
  { configs, weights }: ModelFiles,
): Promise<Record<string, Tensor>> {
  const paths = Object.entries(weights);
  const info = await Deno.stat(from).catch(() => undefined);
  if (!info || (info.isFile && paths.length > 1)) {
    const expected = paths.length > 1 ? "a model's folder" : "a model's folder or a safetensors file";
    throw new ArgumentError("from", from, expected);
  }
  for (const [path, expected] of Object.entries(configs)) {
    // A second stage may go on with another text encoder, but not with another vocabulary.
    if (!(expected instanceof Uint8Array) || !path.endsWith("spiece.model") || info.isFile) continue;
    const found = await Deno.readFile(`${from}/${path}`);
    if (found.length === expected.length && found.every((byte, i) => byte === expected[i])) continue;
    throw new ArgumentError("from", described(`${from}/${path}`), "that of the data", {
      note: "since by another one ids mean other pieces",
    });
  }
  const tensors: Record<string, Tensor> = {};
  for (const [path, start] of paths) {
    const file = await SafetensorsFile.open(info.isFile ? from : `${from}/${path}`);
    for (const name of file.tensors.keys()) {
      const value = await file.read(name);
      const wrong = value.data.find((weight) => !(Math.abs(weight) <= LARGEST_WEIGHT));
      if (wrong !== undefined) {
        const expected = `numbers within ±${LARGEST_WEIGHT}`;
        throw new ArgumentError(
          "from",
          described(`${file.path}: tensor "${name}" holds ${wrong}`),
          expected,
          { plural: true },
        );
      }
      tensors[start + name] = value;
    }
  }
  return tensors;
}
