/** Which steps of the loop compute deep features anew, and for which queries they are kept. */
import { assertEquals, assertRejects } from "@std/assert";
import { FeatureCache } from "../../lib/diffusion/feature_cache.ts";
import { sample, sampleToEnd } from "../../lib/diffusion/sample.ts";
import { createSampler, type SamplerName } from "../../lib/diffusion/samplers/mod.ts";
import type { Query, RunOptions } from "../../lib/diffusion/types.ts";
import { conditioned } from "../../lib/effects/conditioned.ts";
import { Generator } from "../../lib/random.ts";
import { full, scale, type Tensor } from "../../lib/tensor.ts";
import { FakeModel, noCondition } from "../diffusion/fake_model.ts";

/** A network that keeps features, and a record of where it has computed them. */
class DeepModel extends FakeModel {
  readonly whole: boolean[] = [];

  constructor() {
    super(({ input }) => ({ noise: scale(input.x, 0.5) }));
  }

  override run(queries: Query[], { features }: RunOptions = {}) {
    const kept = features?.take(queries);
    this.whole.push(kept === undefined);
    if (!kept) features?.keep(queries, full([queries.length], 1));
    return super.run(queries);
  }
}

async function run(steps: number, cacheInterval?: number, sampler: SamplerName = "ddim"): Promise<boolean[]> {
  const model = new DeepModel();
  const generator = new Generator(0);
  const noise = (shape: readonly number[]) => generator.randn(shape);
  await sampleToEnd(sample(conditioned(model, noCondition), {
    sampler: createSampler(sampler),
    timesteps: Array.from({ length: steps }, (_, i) => 990 - 90 * i),
    start: noise([1, 3, 8, 8]),
    noise,
    cacheInterval,
  }));
  return model.whole;
}

Deno.test("features are computed anew at the first step and at each so-many-th one after it", async () => {
  const [whole, reused] = [true, false];
  assertEquals(await run(4), [whole, whole, whole, whole]);
  assertEquals(await run(4, 1), [whole, whole, whole, whole]);
  assertEquals(await run(5, 2), [whole, reused, whole, reused, whole]);
  assertEquals(await run(6, 2), [whole, reused, whole, reused, whole, reused]);
  assertEquals(await run(6, 3), [whole, reused, reused, whole, reused, reused]);
  assertEquals(await run(3, 100), [whole, reused, reused]);
  assertEquals(await run(1, 2), [whole]);
});

Deno.test("both evaluations of a step of second order are of one kind", async () => {
  const [whole, reused] = [[true, true], [false, false]];
  assertEquals(await run(4, 3, "heun"), [...whole, ...reused, ...reused, true]);
});

Deno.test("an interval is a whole number from 1", async () => {
  for (const cacheInterval of [0, 1.5, -1, NaN]) {
    await assertRejects(() => run(2, cacheInterval), RangeError, "cacheInterval: ");
  }
});

Deno.test("features are found again by condition, number and order of the queries", () => {
  let renew = false;
  const cache = new FeatureCache(() => renew);
  const model = new DeepModel();
  const [a, b] = [{ inputs: {} }, { inputs: {} }];
  const query = (condition: typeof a, count: number): Query => {
    return { model, t: 0, condition, input: { x: full([count, 1], 0) } };
  };
  const features: Tensor = { data: Float32Array.of(1, 2, 3, 4), shape: [4, 1] };
  const taken = (...queries: Query[]) => {
    const found = cache.take(queries);
    return found && [...found.data];
  };
  assertEquals(taken(query(a, 1)), undefined);
  cache.keep([query(a, 1), query(b, 2), query(a, 1)], features);
  assertEquals(taken(query(a, 1), query(b, 2), query(a, 1)), [1, 2, 3, 4]);
  assertEquals(taken(query(b, 2), query(a, 1)), [2, 3, 1]);
  assertEquals(taken(query(a, 1), query(a, 1)), [1, 4]);
  assertEquals(taken(query(b, 1)), undefined, "of another number of images");
  assertEquals(taken(query(b, 2), query(b, 2)), undefined, "of more queries than were kept");
  renew = true;
  assertEquals(taken(query(a, 1)), undefined);
});
