/** What a worker takes that has nothing to do. */
import { startProgram } from "../../tests/fleet/program.ts";
import { startRedis } from "../../tests/fleet/redis.ts";
import { serveGallery, TOKEN } from "../../tests/fleet/served_gallery.ts";
import { cpuTimeOf } from "../cpu_time.ts";

/** How long a worker may be silent in production, in milliseconds: by this it looks around. */
const LEASE = 10_000;

/**
 * The part of a core that a worker uses, with the process that would compute.
 *
 * @param milliseconds For how long it is watched.
 */
export async function idlePart(milliseconds: number): Promise<number> {
  await using redis = await startRedis({ appendfsync: "everysec" });
  await using served = await serveGallery(redis.address);
  const args = [redis.address, served.address, TOKEN, String(LEASE)];
  await using worker = await startProgram("./worker_program.ts", args);
  // Starting takes time of its own.
  await new Promise((resolve) => setTimeout(resolve, 15_000));
  const path = `/proc/${worker.pid}/task/${worker.pid}/children`;
  const children = (await Deno.readTextFile(path)).split(" ").filter(Boolean).map(Number);
  const used = async () => {
    const times = await Promise.all([worker.pid, ...children].map(cpuTimeOf));
    return times.reduce((sum, time) => sum + time);
  };
  const before = await used();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return (await used() - before) / milliseconds;
}
