/** Starts the gallery's server in a process of its own, with exactly the permissions that its settings take. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { serviceOf, storeAddress } from "../../server/store/store_address.ts";
import { redisHost } from "../../server/fleet/redis_host.ts";
import type { Settings } from "../../server/settings.ts";
import { launchedVariables } from "./launched.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The environment variables that the server reads, including those of Deno and of the build's number. */
const variables = [
  "GALLERY_*",
  "OTEL_*",
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

/** The server to start. */
export interface GalleryProcess {
  /** The program and its arguments. */
  readonly program: readonly string[];
  /** Deno's own options beside permissions. */
  readonly flags?: readonly string[];
  /** The settings. */
  readonly settings: Settings;
  /** Names and addresses to listen on, those of IPv6 without brackets. */
  readonly hosts: readonly string[];
  /** Hosts that it connects to besides the queue, with ports, as in permissions. */
  readonly reaches?: readonly string[];
  /** Folders that it writes to besides the data folder. */
  readonly writes?: readonly string[];
}

/**
 * Starts a server, and waits until it has ended.
 *
 * @param server What to start.
 * @param signal Stops it when aborted.
 * @param end Stops it by other means than closing its input.
 * @returns Its exit status.
 */
export async function runGallery(
  { program, flags = [], settings, hosts, reaches = [], writes = [] }: GalleryProcess,
  signal: AbortSignal,
  end?: (child: Deno.ChildProcess) => void,
): Promise<number> {
  const data = resolve(settings.data);
  // As Deno's permissions write them.
  const net = new Set([...hosts.map(bracketed), ...reaches]);
  if (settings.queue !== undefined) {
    const { host, port } = redisHost(settings.queue);
    net.add(`${bracketed(host)}:${port}`);
  }
  const written = new Set([data, ...writes]);
  const store = settings.store === undefined ? undefined : storeAddress(settings.store);
  if (store && "bucket" in store) net.add(serviceOf(store));
  else if (store) written.add(store.folder);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--no-prompt",
      ...flags,
      "--allow-read",
      `--allow-write=${[...written].join()}`,
      `--allow-net=${[...net].join()}`,
      // The Redis client lists all environment variables when it is loaded.
      ...settings.queue === undefined
        ? [`--allow-env=${variables.join()}`]
        : ["--allow-env", "--allow-sys=hostname"],
      `--allow-run=${Deno.execPath()}`,
      ...program,
    ],
    cwd: root,
    env: { ...launchedVariables, GALLERY_DATA: data },
    stdin: "piped",
  }).spawn();
  // The server stops when its input closes, which also happens if this process is killed.
  const stop = () => {
    child.stdin.close().catch(() => {});
    end?.(child);
  };
  signal.addEventListener("abort", stop, { once: true });
  if (Deno.build.os !== "windows") {
    for (const name of ["SIGTERM", "SIGHUP"] as const) Deno.addSignalListener(name, stop);
  }
  return (await child.status).code;
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
