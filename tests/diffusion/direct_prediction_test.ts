/** Networks that estimate velocities or clean pictures, at the noisy end of the schedule, against double precision. */
import { assertEquals, assertGreater, assertLess, assertStrictEquals, assertThrows } from "@std/assert";
import {
  cleanFromNoise,
  cleanFromPrediction,
  predictionFromOutput,
  predictionTarget,
} from "../../lib/diffusion/prediction.ts";
import { denoiseOnce, sample, sampleToEnd } from "../../lib/diffusion/sample.ts";
import { createSampler, type SamplerName } from "../../lib/diffusion/samplers/mod.ts";
import { addNoise, alphaBar, cosineSchedule, linearSchedule } from "../../lib/diffusion/schedule.ts";
import { trailingTimesteps } from "../../lib/diffusion/timesteps.ts";
import type { Denoiser, PredictionType } from "../../lib/diffusion/types.ts";
import { anagram } from "../../lib/effects/anagram.ts";
import { conditioned } from "../../lib/effects/conditioned.ts";
import { guided } from "../../lib/effects/guided.ts";
import { hybrid } from "../../lib/effects/hybrid.ts";
import { frequencies } from "../../lib/effects/parts/mod.ts";
import { createView, identity, type ViewName, views } from "../../lib/effects/views/mod.ts";
import { Generator } from "../../lib/random.ts";
import { map, zeros } from "../../lib/tensor.ts";
import { FakeModel, noCondition } from "./fake_model.ts";
import { maxDifference } from "./fixtures.ts";

const schedules = {
  cosine: cosineSchedule(),
  "cosine of 300": cosineSchedule(300),
  linear: linearSchedule(),
};
const x = new Generator(3).randn([2, 3, 8, 8]);

/** What a made-up network says of one number. */
const says = (value: number) => Math.tanh(0.7 * value + 0.2);

/** A network of a type on a schedule. */
function network(type: PredictionType, schedule = schedules.cosine, bias = 0): Denoiser {
  const model = new FakeModel(({ input, t }) => {
    const output = map(input.x, (value) => says(value) + bias);
    return predictionFromOutput(type, output, input.x, t, schedule);
  }, schedule);
  return conditioned(model, noCondition);
}

/** The clean value that an output means, in double precision. */
function clean(type: PredictionType, output: number, x: number, a: number): number {
  if (type === "sample") return output;
  if (type === "v_prediction") return Math.sqrt(a) * x - Math.sqrt(1 - a) * output;
  return (x - Math.sqrt(1 - a) * output) / Math.sqrt(a);
}

for (const [name, schedule] of Object.entries(schedules)) {
  for (const type of ["v_prediction", "sample"] as const) {
    Deno.test(`${type}: clean pictures are exact at every timestep, ${name} schedule`, () => {
      for (const t of [0, 1, Math.floor(schedule.length / 2), schedule.length - 2, schedule.length - 1]) {
        const output = map(x, says);
        const found = predictionFromOutput(type, output, x, t, schedule);
        const a = alphaBar(schedule, t);
        const expected = map(x, (value, i) => clean(type, output.data[i], value, a));
        assertLess(maxDifference(found.x0!, expected), 1e-6);
        const noise = map(
          x,
          (value, i) =>
            type === "sample"
              ? (value - Math.sqrt(a) * output.data[i]) / Math.sqrt(1 - a)
              : Math.sqrt(a) * output.data[i] + Math.sqrt(1 - a) * value,
        );
        assertEquals(found.noise, noise);
      }
    });
  }
}

for (const type of ["v_prediction", "sample"] as const) {
  Deno.test(`${type}: the target of training is exact at the last timestep`, () => {
    const [x0, noise] = [map(x, says), new Generator(4).randn(x.shape)];
    const a = alphaBar(schedules.cosine, 999);
    const expected = map(
      x0,
      (value, i) => type === "sample" ? value : Math.sqrt(a) * noise.data[i] - Math.sqrt(1 - a) * value,
    );
    assertEquals(predictionTarget(type, x0, noise, 999, schedules.cosine), expected);
  });

  for (const samplerName of ["ddim", "ddpm"] as const satisfies SamplerName[]) {
    Deno.test(`${type}: seven trailing steps of ${samplerName} are those of double precision`, async () => {
      const schedule = schedules.cosine;
      const timesteps = trailingTimesteps(7);
      assertEquals(timesteps[0], 999);
      const draws = timesteps.map((_, i) => new Generator(i + 10).randn(x.shape));
      let drawn = 0;
      const found = await sampleToEnd(sample(network(type), {
        sampler: createSampler(samplerName),
        timesteps,
        start: x,
        noise: () => draws[drawn++],
      }));
      const expected = map(x, (start, i) => {
        let value = start;
        for (const [k, t] of timesteps.entries()) {
          const [a, next] = [alphaBar(schedule, t), alphaBar(schedule, timesteps[k + 1] ?? -1)];
          const x0 = clean(type, says(value), value, a);
          if (samplerName === "ddim") {
            value = Math.sqrt(next) * x0 + Math.sqrt((1 - next) / (1 - a)) * (value - Math.sqrt(a) * x0);
          } else {
            const beta = 1 - a / next;
            const sigma = t === 0 ? 0 : Math.sqrt(Math.max((1 - next) / (1 - a) * beta, 1e-20));
            value = Math.sqrt(next) * beta / (1 - a) * x0 +
              Math.sqrt(a / next) * (1 - next) / (1 - a) * value + sigma * draws[k].data[i];
          }
        }
        return value;
      });
      assertLess(maxDifference(found, expected), 2e-6);
    });
  }
}

const effects: Record<string, (one: Denoiser, other: Denoiser) => Denoiser> = {
  "guidance": (one, other) => guided(one, other, 7),
  "a hybrid": (one, other) => {
    const [low, high] = frequencies();
    return hybrid([{ part: low, denoiser: one }, { part: high, denoiser: other }]);
  },
  ...Object.fromEntries((Object.keys(views) as ViewName[]).map((name) => [
    `an anagram under ${name}`,
    (one: Denoiser, other: Denoiser) => {
      const view = createView(name, { seed: 1, pixels: 8 });
      return anagram([{ view: identity(), denoiser: one }, { view, denoiser: other }]);
    },
  ])),
};

for (const [name, effect] of Object.entries(effects)) {
  Deno.test(`${name}: clean pictures go through as the noise does`, async () => {
    const schedule = linearSchedule(10);
    const direct = effect(network("sample", schedule), network("v_prediction", schedule, 0.5));
    const { prediction, x0 } = await denoiseOnce(direct, { x }, 5);
    assertStrictEquals(x0, prediction.x0!);
    assertLess(maxDifference(x0, cleanFromNoise(x, prediction.noise, 5, schedule)), 2e-5);
    // Where one of the two estimates noise alone, so does the mixture.
    const mixed = await denoiseOnce(effect(network("sample"), network("epsilon")), { x }, 500);
    assertEquals(mixed.prediction.x0, undefined);
    assertEquals(mixed.x0, cleanFromNoise(x, mixed.prediction.noise, 500, schedules.cosine));
  });
}

Deno.test("guidance of velocities is exact at the last timestep, where by way of the noise it is not", async () => {
  const [text, empty] = [network("v_prediction", undefined, 0.25), network("v_prediction")];
  const { prediction, x0 } = await denoiseOnce(guided(text, empty, 4), { x }, 999);
  const a = alphaBar(schedules.cosine, 999);
  const expected = map(x, (value) => Math.sqrt(a) * value - Math.sqrt(1 - a) * (says(value) + 1));
  assertLess(maxDifference(x0, expected), 2e-6);
  const byNoise = cleanFromNoise(x, prediction.noise, 999, schedules.cosine);
  assertGreater(maxDifference(byNoise, expected), 1e-4);
});

Deno.test("clean pictures are checked, and conversions name what is wrong", async () => {
  const wrong: Denoiser = (input, t) => ({
    ...network("sample")(input, t),
    answer: () => ({ noise: x, x0: zeros([1]) }),
  });
  const message = "prediction.x0: shape [1] where [2,3,8,8] is expected";
  let found = "";
  await denoiseOnce(wrong, { x }, 3).catch((error) => found = error.message);
  assertEquals(found, message);
  const type = "flow" as PredictionType;
  const { cosine } = schedules;
  assertThrows(() => cleanFromPrediction(type, x, x, 0, cosine), RangeError, 'type: "flow" where epsilon');
  assertThrows(() => predictionTarget(type, x, x, 0, cosine), RangeError, 'type: "flow" where epsilon');
  assertThrows(() => predictionTarget("sample", x, zeros([1]), 0, cosine), RangeError, "noise: shape [1]");
  assertThrows(
    () => cleanFromPrediction("sample", zeros([1]), x, 0, cosine),
    RangeError,
    "output: shape [1]",
  );
  // Of noise there is nothing direct.
  assertEquals(predictionFromOutput("epsilon", x, x, 999, cosine), { noise: x });
  assertEquals(
    cleanFromPrediction("epsilon", x, addNoise(x, x, 5, cosine), 5, cosine),
    cleanFromNoise(addNoise(x, x, 5, cosine), x, 5, cosine),
  );
});
