/** How long a preview takes from its making in a worker's process to whoever watches a gallery, over Redis and HTTP. */
import { fileURLToPath } from "node:url";
import { FleetWorker } from "../../server/fleet/fleet_worker.ts";
import { HttpSink } from "../../server/fleet/http_sink.ts";
import { workerMember } from "../../server/fleet/members.ts";
import { startRedis } from "../../tests/fleet/redis.ts";
import { serveGallery, TOKEN } from "../../tests/fleet/served_gallery.ts";
import { parseEvents, testCommand, until } from "../../tests/server/gallery.ts";
import { clock } from "./clock.ts";

const program = fileURLToPath(new URL("./clock_worker.ts", import.meta.url));

/** The times of all previews of one job, in milliseconds. */
export async function previewLatencies(): Promise<number[]> {
  await using redis = await startRedis({ appendfsync: "everysec" });
  await using served = await serveGallery(redis.address, undefined, {}, [clock]);
  await using _worker = await FleetWorker.open({
    address: redis.address,
    member: workerMember([clock], { models: {}, jobs: 1, device: "cpu", megabytes: 4000 }),
    command: { ...testCommand, args: [...testCommand.args.slice(0, -1), program] },
    sink: new HttpSink(served.address, TOKEN),
    prepare: ({ section, parameters }) => Promise.resolve({ section, parameters, models: [] }),
  });
  await until(async () => (await served.gallery.queue.counts()).workers > 0, "the worker is known");
  const started = await fetch(`${served.address}/api/jobs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ section: clock.id, parameters: {} }),
  });
  const { id } = await started.json();
  const stream = (await fetch(`${served.address}/api/jobs/${id}/events`)).body!;
  const latencies: number[] = [];
  let rest = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    rest += piece;
    const end = rest.lastIndexOf("\n\n") + 2;
    if (end < 2) continue;
    for (const { event } of parseEvents(rest.slice(0, end))) {
      if (event.type === "preview") latencies.push(Date.now() - event.t);
    }
    rest = rest.slice(end);
  }
  return latencies;
}
