/** A worker of the tests as a program: the addresses of Redis and gallery, and the fleet's token. Ends with its input: then it hands back. */
import { FleetWorker } from "../../server/fleet/fleet_worker.ts";
import { HttpSink } from "../../server/fleet/http_sink.ts";
import { testCommand } from "../server/gallery.ts";
import { testWorkerMember } from "./queues.ts";

const [address, gallery, token] = Deno.args;
const sink = new HttpSink(gallery, token);
await sink.check();
const worker = await FleetWorker.open({
  address,
  member: testWorkerMember(),
  command: testCommand,
  sink,
  prepare: ({ section, parameters, models }) =>
    Promise.resolve({ section, parameters, models: Object.keys(models) }),
  lease: 1000,
});
console.log("ready");
for await (const _ of Deno.stdin.readable);
worker.handBack();
await worker[Symbol.asyncDispose]();
Deno.exit(0);
