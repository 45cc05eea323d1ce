/** Deep features of DeepFloyd IF's UNets, kept from one step for the next. */
import { assert, assertEquals, assertLess, assertNotEquals } from "@std/assert";
import { FeatureCache } from "../../lib/diffusion/feature_cache.ts";
import { sampleToEnd } from "../../lib/diffusion/sample.ts";
import type { Query } from "../../lib/diffusion/types.ts";
import type { DeepFloydModel } from "../../lib/models/deepfloyd.ts";
import { deepFloydShallowGraph, deepFloydStepGraph } from "../../lib/models/deepfloyd_graph.ts";
import { longestBranch } from "../../lib/nn/deepfloyd/mod.ts";
import { FileSource } from "../../lib/nn/file_source.ts";
import { openSession } from "../../lib/onnx/mod.ts";
import { superResolution } from "../../lib/pipelines/super_resolution.ts";
import { textToImage } from "../../lib/pipelines/text_to_image.ts";
import { Generator } from "../../lib/random.ts";
import { concat, type Tensor } from "../../lib/tensor.ts";
import { difference, readGolden } from "../nn/deepfloyd.ts";
import { openTiny } from "../pipelines/tiny_deepfloyd.ts";

const stages = ["I", "II"] as const;

/** Queries of two texts, of three images and of one. */
async function questions(model: DeepFloydModel, t: number, seed = 1): Promise<Query[]> {
  const generator = new Generator(seed);
  const { enlarges, textWidth } = model.config;
  const noiseLevel = enlarges ? 250 : undefined;
  const conditions = await model.prepare([0, 1].map(() => ({
    text: new Generator(3).randn([77, textWidth]),
    noiseLevel,
  })));
  const images = (count: number) => generator.randn([count, 3, 16, 16]);
  return [3, 1].map((count, i) => {
    const input = { x: images(count), ...(enlarges && { lowRes: images(count) }) };
    return { model, t, condition: conditions[i], input };
  });
}

for (const stage of stages) {
  Deno.test(`stage ${stage}: on the features of the same images a step is the whole step, at every depth`, async () => {
    const { config, weights, io } = await readGolden(`unet_${stage}_tiny`);
    const size = { height: 16, width: 16, textLength: 77 };
    await using opened = await openTiny(stage);
    const [{ condition, input: { lowRes } }] = await questions(opened.model, 500);
    const inputs: Record<string, Tensor> = {
      x: new Generator(5).randn([3, 3, 16, 16]),
      ...(lowRes && { lowRes }),
      t: { data: Float32Array.of(500, 20, 999), shape: [3] },
    };
    for (const [name, one] of Object.entries(condition.inputs)) inputs[name] = concat([one, one, one]);
    assert(longestBranch(config) > 1 && io.sample.shape[2] === 16);
    for (let branch = 1; branch <= longestBranch(config); branch++) {
      const source = new FileSource(weights);
      const { folder } = source;
      await using whole = await openSession(deepFloydStepGraph(config, source, { ...size, branch }), {
        folder,
      });
      await using shallow = await openSession(deepFloydShallowGraph(config, source, { ...size, branch }), {
        folder,
      });
      const { features, ...expected } = await whole.run(inputs);
      const names = shallow.inputNames.filter((name) => name !== "features");
      const own = Object.fromEntries(names.map((name) => [name, inputs[name]]));
      const found = await shallow.run({ ...own, features });
      for (const part of ["estimate", "variance"]) {
        assertLess(difference(found[part], expected[part]), 1e-5, `${part}, ${branch} blocks`);
      }
      // What the features do not hold is of this step.
      const other = await shallow.run({ ...own, x: new Generator(6).randn([3, 3, 16, 16]), features });
      assertLess(0.1, difference(other.estimate, expected.estimate), `${branch} blocks`);
    }
  });

  Deno.test(`stage ${stage}: a network takes the features that were kept of the same queries`, async () => {
    await using opened = await openTiny(stage);
    const { model } = opened;
    let renew = true;
    const features = new FeatureCache(() => renew);
    const [early, late] = [await questions(model, 500), await questions(model, 480, 2)];
    const queries = late.map((query, i) => ({ ...query, condition: early[i].condition }));
    const plain = await model.run(queries);
    assertEquals(await model.run(early, { features }), await model.run(early), "nothing is lost by keeping");
    assertEquals(await model.run(queries, { features }), plain, "a whole step at each is none at all");
    await model.run(early, { features });
    renew = false;
    const reused = await model.run(queries, { features });
    assertNotEquals(reused, plain);
    assertEquals(await model.run(queries, { features }), reused, "those of a step on features are not kept");
    // One of the queries alone takes its own: as without the text outside of an interval of guidance.
    const [alone] = await model.run([queries[1]], { features });
    assertLess(difference(alone.noise, reused[1].noise), 1e-5);
    assertEquals(await model.run(late, { features }), plain, "of other conditions there are none");
  });
}

Deno.test("pipelines reuse features between steps, and an interval of 1 is none to the last bit", async () => {
  const [first, second] = [await openTiny("I"), await openTiny("II")];
  try {
    const text = new Generator(1).randn([1, 77, 48]);
    const options = { negative: new Generator(2).randn([1, 77, 48]), seed: 3, numInferenceSteps: 6 };
    const small = new Generator(4).rand([1, 3, 4, 4]);
    const draws = [
      (cacheInterval?: number) => textToImage(first.model, text, { ...options, cacheInterval }),
      (cacheInterval?: number) => superResolution(second.model, text, small, { ...options, cacheInterval }),
    ];
    for (const draw of draws) {
      const plain = await sampleToEnd(draw());
      assertEquals(await sampleToEnd(draw(1)), plain);
      assertNotEquals(await sampleToEnd(draw(2)), plain);
    }
  } finally {
    await first[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
  }
});
