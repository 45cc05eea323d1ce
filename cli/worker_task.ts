/** `deno task worker`: starts a worker with exactly the permissions that its options take. */
import { runTask } from "./errors.ts";
import { runGallery } from "./gallery/process.ts";
import { readWorkerOptions } from "./worker/options.ts";

await runTask(async (signal) => {
  const { gallery, settings } = await readWorkerOptions();
  const port = gallery?.port || (gallery?.protocol === "https:" ? "443" : "80");
  const reaches = gallery ? [`${gallery.hostname}:${port}`] : [];
  const program = ["cli/worker.ts", ...Deno.args];
  Deno.exit(
    await runGallery({ program, settings, hosts: [], reaches }, signal),
  );
});
