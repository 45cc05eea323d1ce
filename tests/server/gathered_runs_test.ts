/** Jobs that share a network: their questions are one batch, and their answers those that they would have alone. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Model, Prediction, Query, RunOptions } from "../../lib/diffusion/mod.ts";
import {
  generate,
  generationDefaults,
  type GenerationOptions,
  resolveGenerationOptions,
} from "../../lib/generation/mod.ts";
import { openModelFolder } from "../../lib/models/mod.ts";
import { slice, type Tensor, zeros } from "../../lib/tensor.ts";
import { type ModelShelf, openModels } from "../../report/mod.ts";
import { GatheredRuns } from "../../server/worker/gathered_runs.ts";
import { SharedShelf } from "../../server/worker/shared_shelf.ts";

/** A network that answers with the timesteps, and tells how many questions each batch had. */
function countingModel(fail: (queries: readonly Query[]) => boolean = () => false) {
  const batches: number[] = [];
  const run = async (queries: Query[], { signal }: RunOptions = {}): Promise<Prediction[]> => {
    batches.push(queries.length);
    await new Promise((resolve) => setTimeout(resolve, 1));
    signal?.throwIfAborted();
    if (fail(queries)) throw new Error("a question of no sense");
    return queries.map(({ t }) => ({ noise: { data: Float32Array.of(t), shape: [1] } }));
  };
  return { run, batches };
}

function question(t: number, size = 8): Query {
  return { model: {} as Model, input: { x: zeros([1, 3, size, size]) }, t, condition: { inputs: {} } };
}

const told = (predictions: readonly Prediction[]) => predictions.map(({ noise }) => noise.data[0]);

Deno.test("jobs that are answered together stay together, whichever steps they are at", async () => {
  const model = countingModel();
  const runs = new GatheredRuns(model);
  const job = async (first: number, steps: number) => {
    const who = {};
    for (let t = first; t < first + steps; t++) {
      assertEquals(told(await runs.run(who, [question(t), question(t + 0.5)])), [t, t + 0.5]);
      // Each draws its previews for another time.
      await new Promise((resolve) => setTimeout(resolve, first % 7));
    }
    runs.leave(who);
  };
  await Promise.all([job(100, 20), job(203, 20), job(305, 10)]);
  const [alone, ...others] = model.batches;
  assertEquals(alone, 2, "the first waits for nobody");
  assert(others.filter((size) => size === 6).length >= 8, others.join());
  assertEquals(model.batches.reduce((sum, size) => sum + size), 2 * 50);
  assert(model.batches.length <= 26, others.join());
});

Deno.test("images of different sizes, and what has features of its own, are asked for by themselves", async () => {
  const model = countingModel();
  const runs = new GatheredRuns(model);
  const features = { take: () => undefined, keep: () => {} };
  const all = [
    runs.run({}, [question(1)]),
    runs.run({}, [question(2, 16)]),
    runs.run({}, [question(3)]),
    runs.run({}, [question(4, 16)]),
    runs.run({}, [question(5)], { features }),
  ];
  assertEquals((await Promise.all(all)).map(told), [[1], [2], [3], [4], [5]]);
  assertEquals(model.batches.toSorted(), [1, 1, 1, 2]);
});

Deno.test("who is cancelled, and who asks what makes no sense, takes nobody along", async () => {
  const model = countingModel((queries) => queries.some(({ t }) => t === 13));
  const runs = new GatheredRuns(model);
  const [a, b, c] = [{}, {}, {}];
  await runs.run(a, [question(1)]);
  const abort = new AbortController();
  const asked = [
    runs.run(b, [question(2)], { signal: abort.signal }),
    runs.run(c, [question(13)]),
    runs.run(a, [question(3)]),
  ];
  abort.abort(new Error("cancelled"));
  await assertRejects(() => asked[0], Error, "cancelled");
  await assertRejects(() => asked[1], Error, "no sense");
  assertEquals(told(await asked[2]), [3]);
});

Deno.test("pictures that are drawn side by side are those that are drawn alone, within 1e-5, in fewer runs of the network", async () => {
  await using models = openModels();
  const batches: number[] = [];
  const text = await models.textToImage("emoji-I");
  const network = await text.network();
  const run = network.run.bind(network);
  const prepare = network.prepare.bind(network);
  let prepared = 0;
  const ready = Promise.withResolvers<void>();
  /** How often all of them prepare their texts; the first one to draw together waits for this. */
  let awaited = Infinity;
  network.prepare = async (conditions) => {
    const made = await prepare(conditions);
    if (++prepared === awaited) ready.resolve();
    return made;
  };
  network.run = async (queries, options) => {
    batches.push(queries.length);
    if (awaited < Infinity) await ready.promise;
    return await run(queries, options);
  };
  const folder = await openModelFolder("emoji-I");
  const choices = (prompt: string, seed: number, steps: number, sampler?: "ddpm" | "dpm-solver++") =>
    resolveGenerationOptions(generationDefaults("text"), { model: folder, upscaler: null }, {
      ...{ of: "text", prompts: [prompt], seed, steps, count: 1 },
      sampler,
    });
  const all = [
    await choices("a rocket ship", 1, 8),
    await choices("an apple", 2, 8, "dpm-solver++"),
    await choices("a cat face", 3, 6),
  ];
  const alone: Tensor[] = [];
  for (const options of all) alone.push(await draw(models, options));
  const before = batches.splice(0).length;
  awaited = 2 * prepared;
  const shared = new SharedShelf(models);
  const together = await Promise.all(all.map(async (options) => {
    using shelf = shared.forJob();
    return await draw(shelf, options);
  }));
  for (const [i, x] of together.entries()) {
    const difference = Math.max(...x.data.map((value, k) => Math.abs(value - alone[i].data[k])));
    assert(difference <= 1e-5, `image ${i}: ${difference}`);
  }
  assertEquals(batches.reduce((sum, size) => sum + size), 2 * 22);
  assert(batches.length <= 0.7 * before, `${batches.length} runs where one by one takes ${before}`);
});

async function draw(shelf: ModelShelf, options: GenerationOptions): Promise<Tensor> {
  const text = await shelf.textToImage("emoji-I");
  const { prompts, negative } = options;
  const encoded = await text.encode([...prompts, negative]);
  const embeddings = {
    ...{ prompts, negative },
    ...{ text: slice(encoded, 0, 1), negativeText: slice(encoded, 1, 2) },
  };
  let last: Tensor | undefined;
  for await (const { x } of generate(options, { models: [await text.network()], embeddings })) last = x;
  return last!;
}
