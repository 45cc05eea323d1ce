/**
 * `deno task gallery`: starts the gallery's server with exactly the permissions that its settings take. Which folder is written
 * to and where is listened is known when the command line and the variables are read, not when the task is written.
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isIP } from "node:net";
import { runTask, UsageError } from "./errors.ts";
import { type GalleryOptions, readOptions } from "./gallery_options.ts";
import { launchedVariables } from "./launched.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** What the server reads of the environment; what Deno itself and the build's number are made of is part of it. */
const variables = [
  "GALLERY_*",
  "HOME",
  "USERPROFILE",
  "DENO_DIR",
  "XDG_CACHE_HOME",
  "LD_LIBRARY_PATH",
  "PATH",
  "DENOISE_CACHE",
  "DENO_DEPLOYMENT_ID",
  "GITHUB_SHA",
  "CI_COMMIT_SHA",
];

await runTask(async (signal) => {
  const options = await readOptions(addressesOf);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--no-prompt",
      ...permissions(options),
      "cli/gallery.ts",
      ...Deno.args,
    ],
    cwd: root,
    env: { ...launchedVariables, GALLERY_DATA: resolve(options.settings.data) },
    stdin: "piped",
  }).spawn();
  // An end of its input tells the server to stop; it comes by itself if this process is killed.
  const stop = () => void child.stdin.close().catch(() => {});
  signal.addEventListener("abort", stop, { once: true });
  if (Deno.build.os !== "windows") {
    for (const name of ["SIGTERM", "SIGHUP"] as const) Deno.addSignalListener(name, stop);
  }
  const { code } = await child.status;
  Deno.exit(code);
});

function permissions({ host, addresses, settings }: GalleryOptions): string[] {
  // As Deno's permissions write them.
  const hosts = new Set([host, ...addresses].map((name) => name.includes(":") ? `[${name}]` : name));
  return [
    "--allow-read",
    `--allow-write=${resolve(settings.data)}`,
    `--allow-net=${[...hosts].join()}`,
    `--allow-env=${variables.join()}`,
    `--allow-run=${Deno.execPath()}`,
  ];
}

/** Asks in a process of its own, which may do nothing else: the permission is for a name that was not known before. */
async function addressesOf(name: string): Promise<string[]> {
  if (isIP(name)) return [name];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", `--allow-net=${name}`, "cli/resolve_host.ts", name],
    cwd: root,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  if (!success) throw new UsageError(text.decode(stderr).trim().replace(/^error: /, ""));
  return text.decode(stdout).split("\n").filter(Boolean);
}
