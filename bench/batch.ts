/**
 * What it brings that jobs of the same models share a process: 16 pictures of one job each, by a worker of one process. Needs
 * `redis-server`.
 *
 * @module
 */
import { generation, parseParameters, sections } from "../report/mod.ts";
import {
  generationDefaults,
  generationText,
  resolveGenerationOptions,
  STORED_KEYWORD,
} from "../lib/generation/mod.ts";
import { openModelFolder } from "../lib/models/mod.ts";
import { Catalog, resultKey } from "../server/catalog.ts";
import { FleetWorker } from "../server/fleet/fleet_worker.ts";
import { galleryMember, workerMember } from "../server/fleet/members.ts";
import { RedisQueue } from "../server/fleet/redis_queue.ts";
import type { JobRequest } from "../server/jobs/job.ts";
import { readSettings } from "../server/settings.ts";
import { workerCommand } from "../server/worker/command.ts";
import { openStore } from "../tests/fleet/queues.ts";
import { startRedis } from "../tests/fleet/redis.ts";
import { until } from "../tests/server/gallery.ts";

const MODEL = "emoji-I";
const PICTURES = 16;
const STEPS = 20;

const data = await Deno.makeTempDir();
const settings = readSettings((name) => name === "GALLERY_DATA" ? data : undefined);
const catalog = new Catalog([...sections, generation], [], { portable: true });
const models = await catalog.digests();
const [digest] = Object.entries(models).find(([, name]) => name === MODEL)!;
const model = await openModelFolder(MODEL);

for (const batch of [1, 2, 4, 8]) {
  await using opened = new AsyncDisposableStack();
  const { address } = opened.use(await startRedis({ appendfsync: "everysec" }));
  const { store } = opened.use(await openStore());
  const queue = opened.use(
    await RedisQueue.open({
      ...{ address, member: galleryMember(sections), limit: 1000, unwatched: 1e6, jobTime: 1e6 },
    }),
  );
  opened.use(
    await FleetWorker.open({
      ...{ address, batch, sink: store, command: await workerCommand(settings) },
      member: workerMember(sections, { models, jobs: batch, device: "cpu", megabytes: 8000 }),
      prepare: ({ section, parameters }) => Promise.resolve({ section, parameters, models: [MODEL] }),
    }),
  );
  await until(async () => (await queue.counts()).workers > 0, "the worker is known");
  await end(queue, await wish(1000));
  const start = performance.now();
  await Promise.all(Array.from({ length: PICTURES }, async (_, seed) => await end(queue, await wish(seed))));
  const rate = PICTURES / (performance.now() - start) * 1000;
  console.log(`${batch} at a time: ${rate.toFixed(2)} pictures of ${STEPS} steps in a second`);
}
await Deno.remove(data, { recursive: true });
Deno.exit(0);

async function wish(seed: number): Promise<JobRequest> {
  const options = await resolveGenerationOptions(generationDefaults("text"), { model, upscaler: null }, {
    ...{ of: "text", prompts: ["a rocket ship"], seed, steps: STEPS, count: 1 },
  });
  const text = generationText(options)[STORED_KEYWORD];
  const parameters = parseParameters(generation, { options: text, model: MODEL });
  const request = { section: generation.id, parameters, models: { [MODEL]: digest } };
  return { ...request, key: resultKey(request.section, parameters, request.models) };
}

async function end(queue: RedisQueue, request: JobRequest): Promise<void> {
  const { id } = await queue.start(request);
  for await (const { type, json } of (await queue.watch(id, 0, new AbortController().signal))!) {
    if (type === "failed") throw new Error(json);
  }
}
