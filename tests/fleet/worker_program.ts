/**
 * A worker of the tests as a program: the address of Redis, the gallery with the fleet's token or a store and nothing, and the
 * lease in milliseconds. Ends with its input: then it hands back.
 */
import { FleetWorker } from "../../server/fleet/fleet_worker.ts";
import { HttpSink } from "../../server/fleet/http_sink.ts";
import { ObjectStore } from "../../server/store/object_store.ts";
import { openObjects } from "../../server/store/open_objects.ts";
import type { ResultSink } from "../../server/store/store.ts";
import { tracingVariables } from "../../server/tracing.ts";
import { testCommand } from "../server/gallery.ts";
import { testWorkerMember } from "./queues.ts";

const [address, place, token, lease = "1000"] = Deno.args;
const worker = await FleetWorker.open({
  address,
  member: testWorkerMember(),
  command: { ...testCommand, env: tracingVariables() },
  sink: token
    ? await openSink(place, token)
    : new ObjectStore(await openObjects(place, { patience: 60_000 })),
  prepare: ({ section, parameters, models }) =>
    Promise.resolve({ section, parameters, models: Object.keys(models) }),
  lease: Number(lease),
});
console.log("ready");
for await (const _ of Deno.stdin.readable);
worker.handBack();
await worker[Symbol.asyncDispose]();
Deno.exit(0);

async function openSink(gallery: string, token: string): Promise<ResultSink> {
  const sink = new HttpSink(gallery, token);
  await sink.check();
  return sink;
}
