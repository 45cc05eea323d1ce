/** Runs jobs of a fleet in this process; `deno task worker` starts it with the permissions that its options take. */
import { resolve } from "node:path";
import { generation, sections } from "../report/mod.ts";
import { Catalog } from "../server/catalog.ts";
import { FleetWorker } from "../server/fleet/fleet_worker.ts";
import { HttpSink } from "../server/fleet/http_sink.ts";
import { workerMember } from "../server/fleet/members.ts";
import { type FetchUpload, prepareJob } from "../server/fleet/prepare.ts";
import type { Settings } from "../server/settings.ts";
import { ObjectStore } from "../server/store/object_store.ts";
import { openObjects } from "../server/store/open_objects.ts";
import type { ResultSink } from "../server/store/store.ts";
import { lockData } from "../server/store/lock.ts";
import { Uploads } from "../server/store/uploads.ts";
import { uploadPixels } from "../server/store/upload_pixels.ts";
import { workerCommand } from "../server/worker/command.ts";
import { runTask } from "./errors.ts";
import { hasLauncher, launcherEnds } from "./gallery/launched.ts";
import { readWorkerOptions } from "./worker/options.ts";

/** How long a worker that is to stop may go on with what it runs, in milliseconds; then it hands that back. */
const GRACE = 20_000;

/** How long a bucket is asked again that takes no result, in milliseconds: as a gallery is. */
const PATIENCE = 60_000;

await runTask(async (interrupted) => {
  const { gallery, queue, token, batch, settings } = await readWorkerOptions();
  await using opened = new AsyncDisposableStack();
  const data = resolve(settings.data);
  opened.use(await lockData(data));
  const catalog = new Catalog([...sections, generation], settings.models, { portable: true });
  const models = await catalog.digests();
  const folder = resolve(data, "uploads");
  const uploads = await Uploads.open(folder, settings.uploadAge, uploadPixels(settings.workerMegabytes));
  const { device, workers, workerMegabytes: megabytes } = settings;
  const { sink, fetchUpload } = gallery
    ? await openGallerySink(gallery, token!)
    : await openStoreSink(settings);
  const jobs = workers * batch;
  const worker = await FleetWorker.open({
    address: queue,
    batch,
    member: workerMember(sections, { models, jobs, device, megabytes }),
    command: await workerCommand(settings),
    sink,
    prepare: (request) => prepareJob(request, catalog, models, uploads, fetchUpload),
  });
  console.log(`The worker: ${jobs} at a time on ${device}, for ${gallery?.origin ?? settings.store}`);
  const expiry = setInterval(
    () => void uploads.expire().catch((error) => console.error("uploads:", error)),
    600_000,
  );
  const ends = hasLauncher() ? AbortSignal.any([interrupted, launcherEnds()]) : interrupted;
  await new Promise<void>((stop) => ends.addEventListener("abort", () => stop(), { once: true }));
  clearInterval(expiry);
  const grace = setTimeout(() => worker.handBack(), GRACE);
  await worker[Symbol.asyncDispose]();
  clearTimeout(grace);
});

/** Where results go, and where files come from that users have sent. */
interface Ends {
  readonly sink: ResultSink;
  readonly fetchUpload: FetchUpload;
}

async function openGallerySink(gallery: URL, token: string): Promise<Ends> {
  const sink = new HttpSink(gallery.origin, token);
  await sink.check();
  return { sink, fetchUpload: (id) => sink.upload(id) };
}

async function openStoreSink({ store, uploadAge, workerMegabytes }: Settings): Promise<Ends> {
  const objects = await openObjects(store!, { patience: PATIENCE });
  const sent = new Uploads(objects, uploadAge, uploadPixels(workerMegabytes));
  return { sink: new ObjectStore(objects), fetchUpload: (id) => sent.bytes(id) };
}
