/** Variants of weights, selected by name. */
import { join } from "node:path";
import { ArgumentError } from "../../lib/errors.ts";
import { weightsVariants } from "../../lib/checkpoints/mod.ts";

/** Refuses a variant that no part of a pipeline has; parts without it use their default weights. */
export async function assertVariant(folder: string, variant: string | undefined): Promise<void> {
  if (variant === undefined) return;
  const parts = [["unet", "diffusion_pytorch_model"], ["text_encoder", "model"], [
    "",
    "diffusion_pytorch_model",
  ]] as const;
  const known = new Set<string>();
  for (const [part, stem] of parts) {
    // A missing encoder is reported when it is needed; the oldest pipelines have their weights in the folder itself.
    for (const name of await weightsVariants(join(folder, part), stem).catch(() => [])) known.add(name);
  }
  if (known.has(variant)) return;
  const expected = known.size ? `one of ${[...known].join(", ")}` : "none";
  throw new ArgumentError("variant", variant, expected, { note: "of --model" });
}
