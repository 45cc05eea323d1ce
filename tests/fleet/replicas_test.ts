/** Two galleries in front of one fleet, with one store: whichever is asked answers, and what one is sent the other has. */
import { assert, assertEquals } from "@std/assert";
import { FleetWorker } from "../../server/fleet/fleet_worker.ts";
import { FolderObjects } from "../../server/store/folder_objects.ts";
import { ObjectStore } from "../../server/store/object_store.ts";
import { parseEvents, testCommand, until } from "../server/gallery.ts";
import { testWorkerMember } from "./queues.ts";
import { hasRedis, startRedis } from "./redis.ts";
import { serveGallery } from "./served_gallery.ts";

console.error = () => {};

Deno.test({
  name:
    "two galleries with one store: a job is started here and watched there, from the last event that is known",
  ignore: !hasRedis,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "shared-" });
    {
      await using redis = await startRedis();
      const first = await serveGallery(redis.address, folder);
      await using second = await serveGallery(redis.address, folder);
      await using _worker = await FleetWorker.open({
        address: redis.address,
        member: testWorkerMember(),
        command: testCommand,
        sink: new ObjectStore(new FolderObjects(folder)),
        prepare: ({ section, parameters, models }) =>
          Promise.resolve({ section, parameters, models: Object.keys(models) }),
        lease: 1000,
      });
      await until(async () => (await second.gallery.queue.counts()).workers === 1, "the worker is known");
      const picture = await Deno.readFile(new URL("../../report/images/cat.png", import.meta.url));
      const sent = await fetch(`${first.address}/api/uploads`, {
        method: "POST",
        headers: { "content-type": "image/png" },
        body: picture,
      });
      const { id: upload } = await sent.json();
      assertEquals(await (await fetch(`${second.address}/api/uploads/${upload}`)).bytes(), picture);

      const start = async (address: string) => {
        const response = await fetch(`${address}/api/jobs`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ section: "squares", parameters: { steps: 20, wait: 50 } }),
        });
        return await response.json();
      };
      const job = await start(first.address);
      assertEquals((await start(second.address)).id, job.id);
      const stream = (await fetch(`${first.address}/api/jobs/${job.id}/events`)).body!
        .pipeThrough(new TextDecoderStream()).getReader();
      let heard = "";
      while (!heard.includes("event: preview")) heard += (await stream.read()).value;
      await stream.cancel();
      const known = parseEvents(heard.slice(0, heard.lastIndexOf("\n\n") + 2)).at(-1)!.id;
      await first[Symbol.asyncDispose]();
      const rest = await fetch(`${second.address}/api/jobs/${job.id}/events`, {
        headers: { "last-event-id": String(known) },
      });
      const events = parseEvents(await rest.text());
      assert(events.every(({ id }) => id > known));
      assertEquals(events.at(-1)!.event.type, "done");
      const [figure] = (await (await fetch(`${second.address}/api/results/${job.key}`)).json()).figures;
      const file = await fetch(`${second.address}/api/results/${job.key}/files/${figure.file}`);
      assertEquals([...(await file.bytes()).subarray(1, 4)], [80, 78, 71]);
      assertEquals((await start(second.address)).cached, true);
    }
    await Deno.remove(folder, { recursive: true });
  },
});
