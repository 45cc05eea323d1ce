/** Disposing twice does nothing, everywhere; and what is closed says so. */
import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { lock } from "../lib/checkpoints/hub/lock.ts";
import { PartialFile } from "../lib/checkpoints/hub/partial_file.ts";
import * as lib from "./entries.ts";
import { Graph, mean, mul, openSession } from "../lib/onnx/mod.ts";
import { showProgress } from "../cli/progress.ts";
import { OutputFolder } from "../cli/output_folder.ts";
import { ResultStore } from "../server/store/result_store.ts";
import { temporaryFolder } from "./models/checkpoints.ts";

const graph = () => {
  const graph = new Graph();
  graph.output("y", mul(graph.input("x", "float32", [2]), 3));
  return graph;
};
const picture = lib.zeros([1, 1, 28, 28]);
const trainer = (replicas: number) =>
  lib.Trainer.create(
    (scope) => mean(lib.linearLayer(scope, scope.graph.input("x", "float32", [2, 2]), 1)),
    { generator: new lib.Generator(0), replicas, threads: replicas },
  );

/** What is opened, and what of it cannot be done once it is closed. */
const opened: Record<string, () => Promise<[AsyncDisposable, () => Promise<unknown>]>> = {
  "a session": async () => {
    const session = await openSession(graph(), { threads: 1 });
    return [session, () => session.run({ x: lib.zeros([2]) })];
  },
  "a network for digits": async () => {
    const model = await lib.openMnistModel("models/mnist-class", { threads: 1 });
    const [condition] = await model.prepare([3]);
    return [model, () => model.run([{ model, input: { x: picture }, t: 3, condition }])];
  },
  "a denoiser": async () => {
    const model = await lib.openMnistDenoiser("models/mnist-denoiser", { threads: 1 });
    return [model, () => model.denoise(picture)];
  },
  "a classifier": async () => {
    const model = await lib.openMnistClassifier("models/mnist-classifier", { threads: 1 });
    return [model, () => model.classify(picture)];
  },
  "a network for texts": async () => {
    const model = await lib.openDeepFloyd("models/emoji-I", { threads: 1, textLength: 24 });
    const { textWidth } = model.config;
    const [condition] = await model.prepare([{ text: lib.zeros([24, textWidth]) }]);
    const x = lib.zeros([1, 3, model.spec.size, model.spec.size]);
    return [model, () => model.run([{ model, input: { x }, t: 3, condition }])];
  },
  "an encoder": async () => {
    const encoder = await lib.openT5("models/emoji-I/text_encoder", { threads: 1, length: 24 });
    return [encoder, () => encoder.encode({ data: new BigInt64Array(24), shape: [1, 24] })];
  },
};

for (const [name, open] of Object.entries(opened)) {
  Deno.test(`disposing of ${name} twice, at once or one after the other, does nothing`, async () => {
    const [resource, use] = await open();
    await Promise.all([resource[Symbol.asyncDispose](), resource[Symbol.asyncDispose]()]);
    await resource[Symbol.asyncDispose]();
    await assertRejects(use, lib.SessionError, "closed where an open one is expected");
  });
}

for (const replicas of [1, 2]) {
  Deno.test(`disposing of a trainer of ${replicas} replicas twice does nothing`, async () => {
    const training = await trainer(replicas);
    await training[Symbol.asyncDispose]();
    await training[Symbol.asyncDispose]();
  });
}

Deno.test("disposing of a pipeline twice does nothing", async () => {
  const pipeline = await lib.openTextToImage("models/emoji-I", { threads: 1 });
  await pipeline.network();
  await pipeline[Symbol.asyncDispose]();
  await pipeline[Symbol.asyncDispose]();
});

Deno.test("disposing of files, locks, bars and stores twice does nothing", async () => {
  await using folder = await temporaryFolder();
  const held = await lock(join(folder.path, "lock"));
  const remote = { path: "a", size: 3, digest: { algorithm: "sha256", hex: "00" } } as const;
  const resources: Disposable[] = [
    held,
    await PartialFile.open(join(folder.path, "part"), remote),
    showProgress("label", 3, "steps"),
    await ResultStore.open(join(folder.path, "results"), 1_000_000),
  ];
  for (const resource of resources) {
    resource[Symbol.dispose]();
    resource[Symbol.dispose]();
  }
  // The lock was given back once: another's is not taken from it.
  (await lock(join(folder.path, "lock")))[Symbol.dispose]();
  const out = await OutputFolder.open(join(folder.path, "out"));
  await out[Symbol.asyncDispose]();
  await Deno.mkdir(join(folder.path, "out"), { recursive: true });
  await out[Symbol.asyncDispose]();
  assertEquals((await Deno.stat(join(folder.path, "out"))).isDirectory, true);
});

Deno.test("memory that is shared is copied on its way to the runtime", async () => {
  const shared = (data: Float32Array | Uint8Array) => {
    const copy = new Uint8Array(new SharedArrayBuffer(data.byteLength));
    copy.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return data instanceof Float32Array ? new Float32Array(copy.buffer) : copy;
  };
  for (const model of [graph(), shared(graph().toBytes()) as Uint8Array]) {
    await using session = await openSession(model, { threads: 1 });
    const data = shared(Float32Array.of(1, 2)) as Float32Array;
    const { y } = await session.run({ x: { data, shape: [2] } });
    assertEquals([...y.data], [3, 6]);
    assertEquals([...data], [1, 2]);
  }
});
