/** Starts a task once more with the permissions to ask a fleet: a run on this machine alone has none for the network. */
import { fileURLToPath } from "node:url";
import { redisHost } from "../../server/fleet/redis_host.ts";
import { serviceOf, storeAddress } from "../../server/store/store_address.ts";
import { launchedVariables } from "../gallery/launched.ts";
import { galleryHost } from "../worker/read_gallery.ts";
import type { FleetOptions } from "./options.ts";

/**
 * Runs the same command line in a process that may reach the fleet, and nobody else.
 *
 * @param program The task's program.
 * @param fleet The fleet.
 * @param signal Is aborted when it is to end.
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
      // A package that speaks with Redis lists all variables when it is loaded.
      ...["--allow-env", "--allow-sys=hostname"],
      `--allow-ffi=${fileURLToPath(new URL("../../node_modules", import.meta.url))}`,
      program,
      ...Deno.args,
    ],
    env: launchedVariables,
    stdin: "piped",
  }).spawn();
  // The end of its input tells it to stop; it comes by itself if this process is killed.
  signal.addEventListener("abort", () => void child.stdin.close().catch(() => {}), { once: true });
  return (await child.status).code;
}
