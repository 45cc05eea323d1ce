/** The weights of a model's folder, to start from. */
import { ArgumentError, described } from "../lib/errors.ts";
import { SafetensorsFile } from "../lib/checkpoints/mod.ts";
import { machine } from "../lib/platform/mod.ts";
import type { Tensor } from "../lib/tensor.ts";
import type { ModelFiles } from "./recipe.ts";

/** The largest weight that the files hold: that of fp16. */
export const LARGEST_WEIGHT = 65_504;

/**
 * Reads the weights of a folder that `writeModel` wrote, or the one file of a model that has one.
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
  // A URL is a folder.
  const info = machine.hasDisk ? await machine.files.stat(from).catch(() => undefined) : { isFile: false };
  if (!info || (info.isFile && paths.length > 1)) {
    const expected = paths.length > 1 ? "a model's folder" : "a model's folder or a safetensors file";
    throw new ArgumentError("from", from, expected);
  }
  for (const [path, expected] of Object.entries(configs)) {
    // A second stage may go on with another text encoder, but not with another vocabulary.
    if (!(expected instanceof Uint8Array) || !path.endsWith("spiece.model") || info.isFile) continue;
    const found = await machine.open(from).readBytes(path);
    if (found.length === expected.length && found.every((byte, i) => byte === expected[i])) continue;
    throw new ArgumentError("from", described(`${from}/${path}`), "that of the data", {
      note: "since by another one ids mean other pieces",
    });
  }
  const tensors: Record<string, Tensor> = {};
  for (const [path, start] of paths) {
    const file = machine.hasDisk
      ? await SafetensorsFile.open(info.isFile ? from : `${from}/${path}`)
      : await SafetensorsFile.open(path, machine.open(from));
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
