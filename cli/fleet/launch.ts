/** Starts a task again with permission to reach a fleet: local runs have no network permission. */
import { fileURLToPath } from "node:url";
import { redisHost } from "../../server/fleet/redis_host.ts";
import { serviceOf, storeAddress } from "../../server/store/store_address.ts";
import { launchedVariables } from "../gallery/launched.ts";
import { galleryHost } from "../worker/read_gallery.ts";
import type { FleetOptions } from "./options.ts";

/**
 * Runs the same command line in a process that may connect to the fleet only.
 *
 * @param program The task's program.
 * @param fleet The fleet.
 * @param signal Stops it when aborted.
 * @returns Its exit status.
 */
export async function launchForFleet(
  program: string,
  { queue, gallery, settings }: FleetOptions,
  signal: AbortSignal,
): Promise<number> {
  const { host, port } = redisHost(queue);
  const net = [`${host.includes(":") ? `[${host}]` : host}:${port}`];
  const store = settings.store === undefined ? undefined : storeAddress(settings.store);
  if (store && "bucket" in store) net.push(serviceOf(store));
  if (gallery) net.push(galleryHost(gallery));
  const child = new Deno.Command("deno", {
    args: [
      ...["run", "--quiet", "--no-check", "--no-prompt", "--allow-read", "--allow-write"],
      `--allow-net=${net.join()}`,
      // The Redis client lists all environment variables when it is loaded.
      ...["--allow-env", "--allow-sys=hostname"],
      `--allow-ffi=${fileURLToPath(new URL("../../node_modules", import.meta.url))}`,
      program,
      ...Deno.args,
    ],
    env: launchedVariables,
    stdin: "piped",
  }).spawn();
  // It stops when its input closes, which also happens if this process is killed.
  signal.addEventListener("abort", () => void child.stdin.close().catch(() => {}), { once: true });
  return (await child.status).code;
}
