import { assertLess } from "@std/assert";
import { SafetensorsFile } from "../../lib/checkpoints/safetensors.ts";
import { declare, TensorSource, VectorSource } from "../../lib/nn/sources.ts";
import { mnistUnet } from "../../lib/nn/mnist_unet.ts";
import { Scope } from "../../lib/nn/scope.ts";
import { gradients, Graph, mean, openSession, square, sub, type Value } from "../../lib/onnx/mod.ts";
import { Generator } from "../../lib/random.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { Trainer } from "../../lib/training/trainer.ts";

type Tensors = Record<string, Tensor>;

async function fixture(name: string): Promise<Tensors> {
  const file = await SafetensorsFile.open(`tests/fixtures/${name}.safetensors`);
  const tensors: Tensors = {};
  for (const key of file.tensors.keys()) {
    if (key !== "c") tensors[key] = await file.read(key);
  }
  if (file.tensors.has("c")) {
    const raw = await file.readRaw("c");
    const labels = new BigInt64Array(raw.slice().buffer);
    const onehot = new Float32Array(4 * 10);
    labels.forEach((label, i) => onehot[i * 10 + Number(label)] = tensors.mask.data[i]);
    tensors.label = { data: onehot, shape: [4, 10] };
  }
  return tensors;
}

function under(tensors: Tensors, prefix: string): Tensors {
  const entries = Object.entries(tensors).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(entries.map(([key, value]) => [key.slice(prefix.length), value]));
}

const cases = { mnist_denoiser: [], mnist_time: ["t"], mnist_class: ["t", "label"] } as const;

function network(scope: Scope, inputs: readonly string[]): Value {
  const { graph } = scope;
  const x = graph.input("x", "float32", [4, 1, 28, 28]);
  const time = inputs.includes("t") ? graph.input("t", "float32", [4, 1]) : undefined;
  const label = inputs.includes("label") ? graph.input("label", "float32", [4, 10]) : undefined;
  return mnistUnet(scope, x, 8, { time, label });
}

const objective = (inputs: readonly string[]) => (scope: Scope) => {
  const target = scope.graph.input("target", "float32", [4, 1, 28, 28]);
  return mean(square(sub(network(scope, inputs), target)));
};

function feeds(tensors: Tensors, inputs: readonly string[]): Tensors {
  return Object.fromEntries(["x", "target", ...inputs].map((name) => [name, tensors[name]]));
}

const norm = (data: Float32Array) => Math.sqrt(data.reduce((total, v) => total + v * v, 0));

function distance(a: Tensor, b: Tensor): number {
  return norm(a.data.map((v, i) => v - b.data[i]));
}

function largest(a: Tensor, b: Tensor): number {
  return a.data.reduce((most, v, i) => Math.max(most, Math.abs(v - b.data[i])), 0);
}

/** How far the bias before a running mean ended from PyTorch's. */
function biasDrift(mean: string, weights: Tensors, tensors: Tensors): number {
  const bias = mean.startsWith("unbn") ? "un.bias" : mean.replace("bn.running_mean", "conv.bias");
  return largest(weights[bias], tensors[`after3.${bias}`]);
}

for (const [name, inputs] of Object.entries(cases)) {
  Deno.test(`${name}: output and every gradient agree with PyTorch`, async () => {
    const tensors = await fixture(name);
    const specs = declare(objective(inputs));
    const graph = new Graph();
    const count = specs.parameters.reduce((n, { shape }) => n + shape.reduce((a, b) => a * b, 1), 0);
    const buffers = specs.buffers.reduce((n, { shape }) => n + shape.reduce((a, b) => a * b, 1), 0);
    const vector = graph.input("parameters", "float32", [count]);
    const source = new VectorSource(specs, vector, graph.input("buffers", "float32", [buffers]));
    const scope = new Scope(graph, source, true);
    const loss = objective(inputs)(scope);
    graph.output("loss", loss);
    const wanted = specs.parameters.map((spec) => source.parameter(graph, spec.name));
    gradients(loss, wanted).forEach((value, i) => graph.output(`grad.${specs.parameters[i].name}`, value));
    await using session = await openSession(graph);
    const init = under(tensors, "init.");
    const join = (list: typeof specs.parameters, n: number) => {
      const data = new Float32Array(n);
      let offset = 0;
      for (const spec of list) {
        data.set(init[spec.name].data, offset);
        offset += init[spec.name].data.length;
      }
      return { data, shape: [n] };
    };
    const results = await session.run({
      ...feeds(tensors, inputs),
      parameters: join(specs.parameters, count),
      buffers: join(specs.buffers, buffers),
    });
    assertLess(Math.abs(results.loss.data[0] - tensors.loss_0.data[0]), 1e-5);
    for (const { name: key } of specs.parameters) {
      const expected = tensors[`grad.${key}`];
      // The biases before a batch norm have no gradient but rounding.
      assertLess(distance(results[`grad.${key}`], expected), 1e-3 * norm(expected.data) + 1e-6, key);
    }
  });

  Deno.test(`${name}: three steps of Adam and the batch statistics agree with PyTorch`, async () => {
    const tensors = await fixture(name);
    await using trainer = await Trainer.create(objective(inputs), { generator: new Generator(0) });
    trainer.start(under(tensors, "init."));
    for (let i = 0; i < 3; i++) {
      const { loss } = await trainer.step(feeds(tensors, inputs), 1e-3);
      assertLess(Math.abs(loss - tensors[`loss_${i}`].data[0]), 1e-5, `loss ${i}`);
      if (i > 0) continue;
      const weights = trainer.weights();
      for (const [key, expected] of Object.entries(under(tensors, "stats1."))) {
        if (weights[key]) assertLess(largest(weights[key], expected), 1e-5, key);
      }
    }
    const weights = trainer.weights();
    let compared = 0;
    for (const [key, expected] of Object.entries(under(tensors, "after3."))) {
      if (!weights[key]) continue;
      compared++;
      // A bias before a batch norm has no gradient but rounding, which Adam turns into steps of either sign: it may end
      // anywhere within three steps, and the running mean behind it follows by at most 0.1 + 0.09 + 0.081 of that.
      const idle = norm(tensors[`grad.${key}`]?.data ?? Float32Array.of(1)) < 1e-6;
      const drift = key.endsWith("running_mean") ? 0.271 * biasDrift(key, weights, tensors) : idle ? 6e-3 : 0;
      assertLess(largest(weights[key], expected), 1e-4 + drift, key);
    }
    assertLess(Object.keys(weights).length - compared, 1, "every tensor was compared");
  });

  Deno.test(`${name}: the output in evaluation mode agrees with PyTorch`, async () => {
    const tensors = await fixture(name);
    const graph = new Graph();
    const source = new TensorSource(under(tensors, "after3."));
    graph.output("y", network(new Scope(graph, source, false), inputs));
    await using session = await openSession(graph);
    const { target: _, ...rest } = feeds(tensors, inputs);
    const { y } = await session.run(rest);
    assertLess(largest(y, tensors.out_eval), 1e-5);
  });
}
