import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { join } from "node:path";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { SafetensorsFile } from "../../lib/checkpoints/safetensors.ts";
import type { Condition, Query } from "../../lib/diffusion/types.ts";
import { openNetwork } from "../../lib/models/batched_session.ts";
import { type MnistModel, openMnistModel } from "../../lib/models/mnist.ts";
import { openMnistClassifier } from "../../lib/models/mnist_classifier.ts";
import { openMnistDenoiser } from "../../lib/models/mnist_denoiser.ts";
import { mnistUnetGraph } from "../../lib/models/mnist_graph.ts";
import { Generator } from "../../lib/random.ts";
import { slice, type Tensor, zeros } from "../../lib/tensor.ts";
import {
  classifierConfig,
  classifierWeights,
  schedulerConfig,
  temporaryFolder,
  type Tensors,
  unetConfig,
  unetWeights,
  WIDTH,
  writeJson,
  writeModel,
  writePipeline,
} from "./checkpoints.ts";

function assertClose(found: Tensor, expected: Tensor, tolerance: number): void {
  assertEquals(found.shape, expected.shape);
  const off = found.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i])), 0);
  assertLess(off, tolerance);
}

/** A fixture of PyTorch's: the weights after three steps, the inputs, and what comes out. */
async function trained(name: string): Promise<{ weights: Tensors; tensors: Tensors; labels?: bigint[] }> {
  const file = await SafetensorsFile.open(`tests/fixtures/${name}.safetensors`);
  const [weights, tensors]: Tensors[] = [{}, {}];
  for (const key of file.tensors.keys()) {
    if (key.startsWith("after3.")) weights[key.slice("after3.".length)] = await file.read(key);
    else if (["x", "t", "mask", "out_eval"].includes(key)) tensors[key] = await file.read(key);
  }
  const labels = file.tensors.has("c") ? [...(await file.readBigIntegers("c")).data] : undefined;
  return { weights, tensors, labels };
}

async function query(model: MnistModel, x: Tensor, t: number, condition: number | null): Promise<Query> {
  const [prepared] = await model.prepare([condition]);
  return { model, input: { x }, t, condition: prepared };
}

Deno.test("the class-conditioned network on a file of weights agrees with PyTorch", async () => {
  await using folder = await temporaryFolder();
  const { weights, tensors, labels } = await trained("mnist_class");
  await writePipeline(folder.path, 10, weights);
  const file = await SafetensorsFile.open(join(folder.path, "unet/diffusion_pytorch_model.safetensors"));
  const config = { width: WIDTH, timeConditioned: true, classes: 10, timesteps: 300, range: [0, 1] } as const;
  await using session = await openNetwork(file, (source) => mnistUnetGraph(config, source));
  const label = zeros([4, 10]);
  labels!.forEach((c, i) => label.data[10 * i + Number(c)] = tensors.mask.data[i]);
  const { y } = await session.run({ x: tensors.x, time: tensors.t, label });
  assertClose(y, tensors.out_eval, 1e-5);

  // The model asks the same network: at t of 300 and a class, or at none.
  await using model = await openMnistModel(folder.path);
  const x = slice(tensors.x, 0, 1);
  for (const condition of [3, null]) {
    const oneHot = zeros([1, 10]);
    if (condition !== null) oneHot.data[condition] = 1;
    const time: Tensor = { data: Float32Array.of(150 / 300), shape: [1, 1] };
    const expected = await session.run({ x, time, label: oneHot });
    const [{ noise }] = await model.run([await query(model, x, 150, condition)]);
    assertClose(noise, expected.y, 1e-6);
  }
});

Deno.test("the denoiser on a file of weights agrees with PyTorch", async () => {
  await using folder = await temporaryFolder();
  const { weights, tensors } = await trained("mnist_denoiser");
  await writeModel(folder.path, unetConfig(), weights);
  await using model = await openMnistDenoiser(folder.path);
  assertEquals([model.sigma, model.range, model.device], [0.5, [0, 1], "cpu"]);
  assertClose(await model.denoise(tensors.x), tensors.out_eval, 1e-5);
});

Deno.test("weights in half precision give what their values give", async () => {
  await using folder = await temporaryFolder();
  const [half, single] = [join(folder.path, "half"), join(folder.path, "single")];
  await writeModel(half, unetConfig(), unetWeights(), "F16");
  const file = await SafetensorsFile.open(join(half, "diffusion_pytorch_model.safetensors"));
  const rounded: Tensors = {};
  for (const name of file.tensors.keys()) rounded[name] = await file.read(name);
  await writeModel(single, unetConfig(), rounded);
  const x = new Generator(0).randn([3, 1, 28, 28]);
  await using a = await openMnistDenoiser(half);
  await using b = await openMnistDenoiser(single);
  assertClose(await a.denoise(x), await b.denoise(x), 1e-6);
});

Deno.test("questions are answered in one batch as each by itself", async () => {
  await using folder = await temporaryFolder();
  await using model = await openMnistModel(await writePipeline(folder.path, 10));
  const generator = new Generator(3);
  const [a, b] = [generator.randn([2, 1, 28, 28]), generator.randn([1, 1, 28, 28])];
  const labels = zeros([2, 10]);
  labels.data[4] = labels.data[10 + 7] = 1;
  const each: Condition = { inputs: { label: labels } };
  const queries = [
    await query(model, a, 299, null),
    { model, input: { x: a }, t: 7, condition: each },
    await query(model, b, 0, 9),
  ];
  const together = await model.run(queries);
  for (const [i, one] of queries.entries()) {
    const [alone] = await model.run([one]);
    assertClose(together[i].noise, alone.noise, 1e-5);
    assertEquals(together[i].variance, undefined);
  }
  assertEquals(await model.run([]), []);
});

Deno.test("large batches are run in parts, between which a signal stops", async () => {
  await using folder = await temporaryFolder();
  await using model = await openMnistDenoiser(await writeModel(folder.path, unetConfig(), unetWeights()));
  const x = new Generator(4).randn([130, 1, 28, 28]);
  const all = await model.denoise(x);
  for (const n of [0, 43, 64, 129]) {
    assertClose(slice(all, n, n + 1), await model.denoise(slice(x, n, n + 1)), 1e-5);
  }
  const controller = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => controller.abort(reason));
  assertEquals(await model.denoise(x, controller).catch((error) => error), reason);
});

Deno.test("a model says what it is", async () => {
  await using folder = await temporaryFolder();
  await using model = await openMnistModel(await writePipeline(folder.path, 10));
  const { size, channels, range, predicts, learnsVariance, schedule } = model.spec;
  assertEquals([size, channels, range, predicts], [28, 1, [0, 1], "epsilon"]);
  assertEquals([learnsVariance, schedule.length, model.classes, model.device], [false, 300, 10, "cpu"]);
  assertEquals(model.runtimeMs, 0);
});

Deno.test("conditions that a network does not know are refused", async () => {
  await using folder = await temporaryFolder();
  await using model = await openMnistModel(await writePipeline(join(folder.path, "class"), 10));
  await using time = await openMnistModel(await writePipeline(join(folder.path, "time"), 0));
  for (const condition of [10, -1, 0.5, NaN]) {
    await assertRejects(
      () => model.prepare([condition]),
      RangeError,
      `conditions: ${condition} where a class from 0 to 9, or null is expected`,
    );
  }
  await assertRejects(() => time.prepare([3]), RangeError, "conditions: 3 where null is expected");
  assertEquals(await time.prepare([null]), [{ inputs: {} }]);

  const x = zeros([3, 1, 28, 28]);
  const ask = (query: Partial<Query>) =>
    model.run([{ model, input: { x }, t: 0, condition: { inputs: {} }, ...query }]);
  await assertRejects(() => ask({}), RangeError, "condition: no label");
  const two: Condition = { inputs: { label: zeros([2, 10]) } };
  await assertRejects(() => ask({ condition: two }), RangeError, "condition: label [2,10]");
  await assertRejects(() => ask({ input: { x: zeros([1, 3, 28, 28]) } }), RangeError, "x: shape [1,3,28,28]");
  await assertRejects(() => ask({ input: { x: zeros([0, 1, 28, 28]) } }), RangeError, "x: shape [0,1,28,28]");
  const [nothing] = await model.prepare([null]);
  await assertRejects(() => ask({ t: 300, condition: nothing }), RangeError, "t: 300");
});

Deno.test("the classifier names the class of the largest logit", async () => {
  await using folder = await temporaryFolder();
  await using model = await openMnistClassifier(
    await writeModel(folder.path, classifierConfig, classifierWeights()),
  );
  const { labels, logits } = await model.classify(new Generator(5).rand([70, 1, 28, 28]));
  assertEquals(logits.shape, [70, 10]);
  labels.forEach((label, n) => {
    const row = logits.data.subarray(10 * n, 10 * n + 10);
    assertEquals(row[label], Math.max(...row));
  });
  await assertRejects(() => model.classify(zeros([1, 1, 32, 32])), RangeError, "x: shape [1,1,32,32]");
});

Deno.test("checkpoints that do not fit are refused", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  const refused = (open: Promise<AsyncDisposable>, message: string) =>
    assertRejects(() => open, CheckpointError, message);

  const bare = await writeModel(at("bare"), unetConfig(), unetWeights());
  await refused(openMnistModel(bare), "model_index.json: does not exist");
  await refused(
    openMnistClassifier(bare),
    '"_class_name" is "MnistUNet" where "MnistClassifier" is expected',
  );
  await refused(openMnistDenoiser(at("none")), "config.json: does not exist");

  const time = unetWeights({ time: true });
  await refused(
    openMnistDenoiser(await writeModel(at("timed"), unetConfig(), time)),
    'tensors that the network does not have: "t1.',
  );
  await refused(
    openMnistDenoiser(await writeModel(at("config"), unetConfig({ time: true }), time)),
    '"time_conditioned" is true where false is expected',
  );
  await refused(
    openMnistModel(await writePipeline(at("unclassed"), 10, time)),
    'tensor "c1.l1.weight": missing, shape [16,10] is expected',
  );
  const wide = { ...unetConfig(), hidden_width: 16 };
  await refused(
    openMnistDenoiser(await writeModel(at("wide"), wide, unetWeights())),
    'tensor "inp.a.conv.weight": shape [8,1,3,3] where [16,1,3,3] is expected',
  );

  const pipeline = await writePipeline(at("pipeline"), 0);
  const scheduler = (changes: Record<string, unknown>) =>
    writeJson(join(pipeline, "scheduler/scheduler_config.json"), { ...schedulerConfig, ...changes });
  await scheduler({ num_train_timesteps: 1000 });
  await refused(
    openMnistModel(pipeline),
    '"num_train_timesteps" is 1000 where the network\'s 300 is expected',
  );
  await scheduler({ variance_type: "learned_range" });
  await refused(openMnistModel(pipeline), '"variance_type" is "learned_range"');
  await writeJson(join(pipeline, "model_index.json"), { _class_name: "IFPipeline" });
  await refused(openMnistModel(pipeline), '"_class_name" is "IFPipeline" where "MnistPipeline" is expected');
});
