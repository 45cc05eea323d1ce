/** Pulls a repository's UNet with the library, in a process that may do everything; `cli/models.ts` gives permissions back. */
import { pullModel } from "../../lib/checkpoints/hub.ts";

try {
  await pullModel(Deno.args[0], { components: ["unet"] });
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  Deno.exit(1);
}
