/**
 * `deno task gallery`: starts the gallery's server with exactly the permissions that its settings take. Which folder is written
 * to and where is listened is known when the command line and the variables are read, not when the task is written.
 */
import { isIP } from "node:net";
import { fileURLToPath } from "node:url";
import { runTask, UsageError } from "./errors.ts";
import { readOptions } from "./gallery/options.ts";
import { runGallery } from "./gallery/process.ts";

await runTask(async (signal) => {
  const { host, addresses, settings } = await readOptions(addressesOf);
  const program = ["cli/gallery.ts", ...Deno.args];
  Deno.exit(await runGallery({ program, settings, hosts: [host, ...addresses] }, signal));
});

/** Resolves the name in a process of its own, which may do nothing else: the permission is for a name not known before. */
async function addressesOf(name: string): Promise<string[]> {
  if (isIP(name)) return [name];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--no-prompt",
      `--allow-net=${name}`,
      "cli/gallery/resolve_host.ts",
      name,
    ],
    cwd: fileURLToPath(new URL("../", import.meta.url)),
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  if (!success) throw new UsageError(text.decode(stderr).trim().replace(/^error: /, ""));
  return text.decode(stdout).split("\n").filter(Boolean);
}
