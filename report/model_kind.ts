import { join } from "node:path";
import { Config } from "../lib/checkpoints/mod.ts";
import { readKind } from "../lib/models/mod.ts";
import type { ModelKind } from "./context.ts";

/**
 * The kind of model in a folder, in the sections' terms; undefined for one that no section takes.
 *
 * @throws {CheckpointError} if it holds no checkpoint, or one of a class that is not supported.
 */
export async function modelKindOf(folder: string): Promise<ModelKind | undefined> {
  const kind = await readKind(folder);
  switch (kind) {
    case "text-to-image":
    case "super-resolution":
      return kind;
    case "unet":
      return "mnist-denoiser";
    case "pipeline": {
      const config = await Config.read(join(folder, "unet", "config.json"));
      return config.has("num_class_embeds") ? "mnist-class" : "mnist-time";
    }
    case "classifier":
    case "unconditional":
      return undefined;
  }
}
