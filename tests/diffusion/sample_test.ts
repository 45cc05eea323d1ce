import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  denoiseOnce,
  lastStep,
  sample,
  type SampleOptions,
  sampleToEnd,
} from "../../lib/diffusion/sample.ts";
import { ddim } from "../../lib/diffusion/samplers/ddim.ts";
import { cleanFromNoise } from "../../lib/diffusion/prediction.ts";
import { cosineSchedule, linearSchedule } from "../../lib/diffusion/schedule.ts";
import { clip } from "../../lib/diffusion/threshold.ts";
import type { Denoiser, Query, SamplerStep } from "../../lib/diffusion/types.ts";
import { conditioned } from "../../lib/effects/conditioned.ts";
import { guided } from "../../lib/effects/guided.ts";
import { add, full, scale, tensor } from "../../lib/tensor.ts";
import { FakeModel, noCondition } from "./fake_model.ts";

const start = tensor(Float32Array.of(1, -2, 3, -4), [1, 1, 2, 2]);
const noise = (shape: readonly number[]) => full(shape, 0);
const tenth = () => new FakeModel(({ input }) => ({ noise: scale(input.x, 0.1) }));
const options = (): SampleOptions => ({ sampler: ddim(), timesteps: [900, 500, 0], start, noise });

Deno.test("every step is yielded, with the pictures after it", async () => {
  const model = tenth();
  const seen: SamplerStep[] = [];
  const sampler = (step: SamplerStep) => {
    seen.push(step);
    return full(step.x.shape, step.t);
  };
  const lowRes = full([1, 1, 2, 2], 7);
  const steps = [];
  const denoiser = conditioned(model, noCondition);
  for await (const step of sample(denoiser, { ...options(), sampler, lowRes })) steps.push(step);

  assertEquals(steps.map(({ index, t, tNext }) => [index, t, tNext]), [[0, 900, 500], [1, 500, 0], [
    2,
    0,
    -1,
  ]]);
  assertEquals(steps.map(({ x }) => x.data[0]), [900, 500, 0]);
  assertEquals(steps[1].prediction.noise, scale(steps[0].x, 0.1));
  assertEquals(steps[1].x0, cleanFromNoise(steps[0].x, steps[1].prediction.noise, 500, model.spec.schedule));
  assertEquals(seen.map(({ history }) => history.map(({ t }) => t)), [[], [900], [900, 500]]);
  assertStrictEquals(seen[2].history[1].x0, steps[1].x0);
  for (const [query] of model.batches) assertStrictEquals(query.input.lowRes, lowRes);
});

Deno.test("the history that a sampler sees does not grow with the number of steps", async () => {
  const lengths: number[] = [];
  const sampler = (step: SamplerStep) => (lengths.push(step.history.length), step.x);
  const timesteps = [8, 7, 6, 5, 4, 3, 2, 1, 0];
  await sampleToEnd(sample(conditioned(tenth(), noCondition), { ...options(), timesteps, sampler }));
  assertEquals(lengths, [0, 1, 2, 3, 4, 4, 4, 4, 4]);
});

Deno.test("all questions of a step to one network go in one batch, and answers come in the order asked", async () => {
  const halves = new FakeModel(({ condition }) => ({ noise: condition.inputs.value }));
  const other = new FakeModel(({ condition }) => ({ noise: condition.inputs.value }));
  const ask = (model: FakeModel, value: number): Query => ({
    model,
    input: { x: start },
    t: 500,
    condition: { inputs: { value: full(start.shape, value) } },
  });
  let answered: number[] = [];
  const denoiser: Denoiser = () => ({
    queries: [ask(halves, 1), ask(other, 2), ask(halves, 3), ask(other, 4)],
    answer(predictions) {
      answered = predictions.map((prediction) => prediction.noise.data[0]);
      return predictions[0];
    },
  });
  await denoiseOnce(denoiser, { x: start }, 500);
  assertEquals(answered, [1, 2, 3, 4]);
  assertEquals([halves.batches.length, other.batches.length], [1, 1]);
  assertEquals(halves.batches[0].length, 2);
});

Deno.test("guidance is one batch a step, without the text first", async () => {
  const model = new FakeModel(({ condition }) => ({ noise: condition.inputs.value }));
  const [text, empty] = [3, 1].map((value) => ({ inputs: { value: full(start.shape, value) } }));
  const denoiser = guided(conditioned(model, text), conditioned(model, empty), 7);
  const { prediction } = await lastStep(sample(denoiser, options()));
  assertEquals(prediction.noise, full(start.shape, 15));
  assertEquals(model.batches.map((batch) => batch.map(({ condition }) => condition)), [
    [empty, text],
    [empty, text],
    [empty, text],
  ]);
});

Deno.test("one-step denoising gives the prediction and the clean pictures, thresholded", async () => {
  const model = tenth();
  const denoiser = conditioned(model, noCondition);
  const { prediction, x0, schedule } = await denoiseOnce(denoiser, { x: start }, 500, { threshold: clip() });
  assertEquals(prediction.noise, scale(start, 0.1));
  assertEquals([...x0.data], [1, -1, 1, -1]);
  assertStrictEquals(schedule, model.spec.schedule);
});

Deno.test("constraints are asked at the start, after each step and at the end", async () => {
  const calls: unknown[] = [];
  const steps = [];
  const constrain: SampleOptions["constrain"] = {
    start: (x) => (calls.push(["start", x]), full(x.shape, 10)),
    after: (next, before, tNext, draw) => {
      calls.push(["after", before.data[0], tNext, draw === noise]);
      return add(next, full(next.shape, 1));
    },
    end: (x) => (calls.push(["end", x.data[0]]), full(x.shape, -5)),
  };
  const sampler = ({ x }: SamplerStep) => x;
  const denoiser = conditioned(tenth(), noCondition);
  for await (const step of sample(denoiser, { ...options(), sampler, constrain })) steps.push(step);
  assertEquals(calls, [
    ["start", start],
    ["after", 10, 500, true],
    ["after", 11, 0, true],
    ["after", 12, -1, true],
    ["end", 13],
  ]);
  assertEquals(steps.map(({ x }) => x.data[0]), [11, 12, -5]);
});

Deno.test("an aborted sampling throws the signal's reason: before, in and between steps", async () => {
  const reason = new Error("enough");
  const model = tenth();
  const denoiser = conditioned(model, noCondition);
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(await assertRejects(() => lastStep(sample(denoiser, { ...options(), signal }))), reason);
  assertStrictEquals(await assertRejects(() => denoiseOnce(denoiser, { x: start }, 5, { signal })), reason);
  assertEquals(model.batches.length, 0);

  const between = new AbortController();
  const steps = sample(denoiser, { ...options(), signal: between.signal });
  await steps.next();
  between.abort(reason);
  assertStrictEquals(await assertRejects(() => steps.next()), reason);
  assertEquals(model.batches.length, 1);
  assertEquals(await steps.next(), { done: true, value: undefined });

  const inside = new AbortController();
  const aborting = new FakeModel(({ input }) => (inside.abort(reason), { noise: input.x }));
  const sampler = () => {
    throw new Error("the step is not finished");
  };
  const run = sample(conditioned(aborting, noCondition), { ...options(), sampler, signal: inside.signal });
  assertStrictEquals(await assertRejects(() => run.next()), reason);
});

Deno.test("the schedule is that of the networks, or given", async () => {
  const blind: Denoiser = ({ x }) => ({ queries: [], answer: () => ({ noise: x }) });
  await assertRejects(() => denoiseOnce(blind, { x: start }, 5), RangeError, "schedule: none");
  const schedule = cosineSchedule();
  assertStrictEquals((await denoiseOnce(blind, { x: start }, 5, { schedule })).schedule, schedule);

  const of = (...schedules: ReturnType<typeof cosineSchedule>[]): Denoiser => {
    const models = schedules.map((schedule) => new FakeModel(({ input }) => ({ noise: input.x }), schedule));
    return (input, t) => ({
      queries: models.map((model) => ({ model, input, t, condition: noCondition })),
      answer: ([prediction]) => prediction,
    });
  };
  await denoiseOnce(of(cosineSchedule(), cosineSchedule()), { x: start }, 5);
  const mixed = of(linearSchedule(), cosineSchedule());
  await assertRejects(
    () => denoiseOnce(mixed, { x: start }, 5),
    RangeError,
    "networks of different noise schedules",
  );
});

Deno.test("what cannot be sampled says why", async () => {
  const model = tenth();
  const denoiser = conditioned(model, noCondition);
  const fails = (wrong: Partial<SampleOptions>, message: string) =>
    assertRejects(() => lastStep(sample(denoiser, { ...options(), ...wrong })), RangeError, message);
  await fails({ timesteps: [] }, "timesteps: empty");
  await fails({ timesteps: [5, 9] }, "timesteps[1]: 9 where");
  await fails({ timesteps: [1000, 5] }, "t: 1000 where");
  assertEquals(model.batches.length, 0);
  await fails({ timesteps: [5], schedule: linearSchedule(3) }, "timesteps[0]: 5");

  async function* none() {}
  await assertRejects(() => sampleToEnd(none()), RangeError, "steps: none");
  const silent = new FakeModel(({ input }) => ({ noise: input.x }));
  silent.run = () => Promise.resolve([]);
  const asked = conditioned(silent, noCondition);
  await assertRejects(() => denoiseOnce(asked, { x: start }, 5), Error, "0 answers where 1 are expected");
});
