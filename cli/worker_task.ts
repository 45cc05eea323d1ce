/** `deno task worker`: starts a worker with exactly the permissions that its options take. */
import { runTask } from "./errors.ts";
import { runGallery } from "./gallery/process.ts";
import { readWorkerOptions } from "./worker/options.ts";
import { galleryHost } from "./worker/read_gallery.ts";

await runTask(async (signal) => {
  const { gallery, settings } = await readWorkerOptions();
  const reaches = gallery ? [galleryHost(gallery)] : [];
  const program = ["cli/worker.ts", ...Deno.args];
  Deno.exit(
    await runGallery({ program, settings, hosts: [], reaches }, signal),
  );
});
