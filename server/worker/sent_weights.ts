/** LoRAs and learned tokens that users have sent. */
import { join } from "node:path";
import { CheckpointError, readLearnedToken, readLora, SafetensorsError } from "../../lib/checkpoints/mod.ts";
import { ArgumentError } from "../../lib/errors.ts";
import type { WeightFiles } from "../../report/mod.ts";
import { Uploads } from "../store/uploads.ts";

/**
 * Reads them by their names.
 *
 * @param folder Where they lie.
 */
export function sentWeights(folder: string): WeightFiles {
  const read = async <T>(argument: string, id: string, read: (path: string) => Promise<T>): Promise<T> => {
    if (!Uploads.isWeightsId(id)) throw new ArgumentError(argument, id, "the name of a file that was sent");
    const path = join(folder, id);
    const isThere = await Deno.stat(path).then(() => true, () => false);
    if (!isThere) {
      throw new ArgumentError(argument, id, "a file that is still kept", { note: "send it again" });
    }
    try {
      return await read(path);
    } catch (cause) {
      if (!(cause instanceof CheckpointError || cause instanceof SafetensorsError)) throw cause;
      // A message has the path, which is nobody's business.
      const note = cause.message.replace(`${path}: `, "");
      throw new ArgumentError(argument, id, "a safetensors file of these", { note, cause });
    }
  };
  return {
    lora: (id) => read("lora", id, readLora),
    learnedToken: (id) => read("embedding", id, readLearnedToken),
  };
}
