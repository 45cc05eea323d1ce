import { assert, assertEquals } from "@std/assert";
import {
  add,
  conv2d,
  gelu,
  gradients,
  Graph,
  mean,
  mul,
  openSession,
  square,
  type Value,
} from "@denoise/denoise/onnx";
import { checkpoint, dropout } from "@denoise/denoise/operators";
import { Generator } from "@denoise/denoise/random";
import { convolutionBlock } from "../../lib/onnx/convolution_block.ts";
import { recomputeActivations } from "../../lib/onnx/recompute.ts";

const CHANNELS = 16;

/** Residual blocks, the first of which is read again by the last, as a UNet's skips are. */
function blocks(graph: Graph, keep: (value: Value) => Value): { loss: Value; x: Value; weights: Value[] } {
  const x = graph.input("x", "float32", [2, CHANNELS, 8, 8]);
  const weights = Array.from({ length: 8 }, (_, i) => {
    return graph.input(`weight.${i}`, "float32", [CHANNELS, CHANNELS, 3, 3]);
  });
  let h = keep(x);
  let skip: Value | undefined;
  for (let i = 0; i < weights.length; i += 2) {
    const inner = gelu(conv2d(h, weights[i], undefined, { padding: 1 }));
    // Not a checkpoint, but read behind later ones.
    skip ??= inner;
    h = keep(add(h, dropout(conv2d(gelu(inner), weights[i + 1], undefined, { padding: 1 }), 0.2)));
  }
  return { loss: mean(square(mul(h, skip!))), x, weights };
}

async function gradientsBy(options: { readonly recompute: boolean; readonly convolutionBlock?: number }) {
  const graph = new Graph();
  const { loss, x, weights } = blocks(graph, checkpoint);
  graph.output("loss", loss);
  gradients(loss, [x, ...weights]).forEach((gradient, i) => graph.output(`gradient.${i}`, gradient));
  const { recompute, convolutionBlock } = options;
  const bytes = graph.toBytes({ convolutionBlock, recompute: recompute ? loss : undefined });
  const generator = new Generator(5);
  const feeds = Object.fromEntries(graph.inputs.map(({ name, staticShape }) => {
    const drawn = name.startsWith("dropout") ? generator.rand(staticShape) : generator.randn(staticShape);
    return [name, name.startsWith("weight") ? { ...drawn, data: drawn.data.map((v) => v / 12) } : drawn];
  }));
  await using session = await openSession(bytes, { threads: 1 });
  return await session.run(feeds);
}

Deno.test("gradients by activations that are computed again are the same numbers", async () => {
  const block = await convolutionBlock();
  for (const convolutionBlock of block ? [undefined, block] : [undefined]) {
    const [kept, again] = [
      await gradientsBy({ recompute: false, convolutionBlock }),
      await gradientsBy({ recompute: true, convolutionBlock }),
    ];
    assert(kept["gradient.1"].data.some((value) => Math.abs(value) > 1e-4));
    for (const name of Object.keys(kept)) assertEquals(again[name].data, kept[name].data, name);
  }
});

Deno.test("the backward pass reads checkpoints alone, and computes the rest again behind the gradient", () => {
  const graph = new Graph();
  const kept: Value[] = [];
  const { loss, x, weights } = blocks(graph, (value) => {
    kept.push(value);
    return checkpoint(value);
  });
  gradients(loss, [x, ...weights]);
  const last = loss.node!.index;
  const nodes = recomputeActivations(graph.nodes, loss, (values, dtype) => graph.constant(values, dtype));
  // Each node comes after those it depends on.
  const made = new Set<string>();
  const known = new Set([...graph.inputs, ...kept].map(({ name }) => name));
  const forward = new Map(graph.nodes.filter(({ index }) => index <= last).map((node) => [node.name, node]));
  const start = nodes.findIndex(({ name }) => name === loss.node!.name);
  const reads = new Set<string>();
  for (const [i, { inputs, values }] of nodes.entries()) {
    for (const input of inputs) {
      if (input?.node || forward.has(input?.name ?? "")) assert(made.has(input!.name), input!.name);
      if (i > start && input && forward.has(input.name)) reads.add(input.name);
    }
    values.forEach(({ name }) => made.add(name));
  }
  const lastBlock = kept.at(-2)!.node!.index;
  const held = [...reads].filter((name) => !known.has(name) && forward.get(name)!.index < lastBlock);
  // The first block's inner activation alone, and what the noise of dropouts makes, which leads from no checkpoint.
  const ofImages = held.filter((name) => forward.get(name)!.op === "Gelu");
  assertEquals(ofImages.length, 1);
  assertEquals(held.filter((name) => forward.get(name)!.op === "Conv"), []);
  // Of each block what goes into its first GELU.
  const again = nodes.filter(({ op, name }) => op === "Conv" && name.endsWith("/recomputed"));
  assertEquals(again.length, 4);
});

Deno.test("without checkpoints nothing is computed again", () => {
  const graph = new Graph();
  const { loss, weights } = blocks(graph, (value) => value);
  gradients(loss, weights);
  const nodes = recomputeActivations(graph.nodes, loss, (values, dtype) => graph.constant(values, dtype));
  assertEquals(nodes.map(({ name }) => name), graph.nodes.map(({ name }) => name));
});
