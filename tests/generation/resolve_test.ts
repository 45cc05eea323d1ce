/** A user's choice comes before the folder's recommendation, and that before the pipeline's default. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { cosineSchedule } from "../../lib/diffusion/schedule.ts";
import type { SchedulerSettings } from "../../lib/diffusion/scheduler_config.ts";
import {
  generationDefaults,
  type ResolvedModel,
  resolveGenerationOptions,
  seedsOf,
  stepCount,
  type UserChoices,
} from "../../lib/generation/mod.ts";

const scheduler: SchedulerSettings = {
  schedule: cosineSchedule(),
  predictionType: "epsilon",
  variance: "fixed_small",
  thresholding: { kind: "none" },
  spacing: "leading",
};

function model(
  name: string,
  sampling: ResolvedModel["sampling"] = {},
  settings: Partial<SchedulerSettings> = {},
): ResolvedModel {
  return {
    name,
    sampling,
    weights: () => Promise.resolve(`${name}'s`),
    scheduler: () => Promise.resolve({ ...scheduler, ...settings }),
  };
}

const text: UserChoices = { of: "text", prompts: ["fog"], image: null, mask: null };
const plain = { image: false, mask: false };
const file = { path: "a.png", digest: "0" };

Deno.test("steps and guidance are the user's, else the folder's, else the pipeline's", async () => {
  const resolve = async (sampling: ResolvedModel["sampling"], choices: Partial<UserChoices>) => {
    const models = { model: model("I", sampling), upscaler: null };
    const { steps, guidance } = await resolveGenerationOptions(generationDefaults("text", plain), models, {
      ...text,
      ...choices,
    });
    return [steps, guidance];
  };
  const folder = { numInferenceSteps: 20, guidanceScale: 2.5 };
  assertEquals(await resolve({}, {}), [100, 7]);
  assertEquals(await resolve(folder, {}), [20, 2.5]);
  assertEquals(await resolve(folder, { steps: 3 }), [3, 2.5]);
  assertEquals(await resolve(folder, { guidance: 0 }), [20, 0]);
});

Deno.test("intervals are the user's, else the folder's of each stage; a cache that is none is not stored", async () => {
  const resolve = async (choices: Partial<UserChoices>, of: ResolvedModel["sampling"] = {}) => {
    const upscaler = model("II", { cacheInterval: 2, guidanceInterval: [0, 500] });
    const models = { model: model("I", of), upscaler };
    const found = await resolveGenerationOptions(generationDefaults("text", plain), models, {
      ...text,
      ...choices,
    });
    const { guidanceInterval, cacheInterval, upscale } = found;
    return [guidanceInterval, cacheInterval, upscale!.guidanceInterval, upscale!.cacheInterval];
  };
  assertEquals(await resolve({}), [undefined, undefined, [0, 500], 2]);
  assertEquals(await resolve({}, { guidanceInterval: [9, 99], cacheInterval: 3 }), [[9, 99], 3, [0, 500], 2]);
  assertEquals(await resolve({ guidanceInterval: [1, 2], cacheInterval: 5 }), [[1, 2], 5, [0, 500], 5]);
  assertEquals(await resolve({ cacheInterval: 1 }), [undefined, undefined, [0, 500], undefined]);
});

Deno.test("what the user does not choose is whole and in the order in which images store it", async () => {
  const models = { model: model("I"), upscaler: null };
  const options = await resolveGenerationOptions(generationDefaults("text", plain), models, {
    ...text,
    seed: 7,
    guidance: 0.5,
    variant: "fp16",
  });
  assertEquals(
    JSON.stringify(options),
    '{"of":"text","prompts":["fog"],"negative":"","model":"I","weights":"I\'s","sampler":"ddpm","steps":100,' +
      '"guidance":0.5,"guidanceRule":"formula","seed":7,"count":4,"scale":1,"variant":"fp16","image":null,' +
      '"strength":null,"mask":null,"upscale":null}',
  );
  const [a, b] = await Promise.all(
    [1, 2].map(() => resolveGenerationOptions(generationDefaults("text", plain), models, text)),
  );
  assert(a.seed !== b.seed && a.seed >= 0 && a.seed < 2 ** 32);
});

Deno.test("each stage has the sampler of its scheduler, and what its folder says", async () => {
  const models = {
    model: model("I", {}, { sampler: "dpm-solver++" }),
    upscaler: model("II", { noiseLevel: 100, guidanceScale: 1 }),
  };
  const defaults = generationDefaults("text", plain);
  const { sampler, upscale } = await resolveGenerationOptions(defaults, models, text);
  assertEquals([sampler, upscale], [
    "dpm-solver++",
    { model: "II", weights: "II's", steps: 50, sampler: "ddpm", guidance: 1, noiseLevel: 100 },
  ]);
  const chosen = await resolveGenerationOptions(defaults, models, {
    ...text,
    sampler: "ddim",
    upscaleSteps: 3,
  });
  assertEquals([chosen.sampler, chosen.upscale!.sampler, chosen.upscale!.steps], ["ddim", undefined, 3]);
  const odd = model("odd", {}, { refusals: { heun: "scheduler_config.json: no" } });
  await assertRejects(
    () => resolveGenerationOptions(defaults, { model: odd, upscaler: null }, { ...text, sampler: "heun" }),
    CheckpointError,
    "scheduler_config.json: no",
  );
});

Deno.test("an image to begin from has the defaults of its pipeline", async () => {
  const models = { model: model("I"), upscaler: model("II") };
  for (
    const [mask, expected] of [[null, [80, 10, 0.7, 50, 56 + 40]], [file, [50, 7, 1, 100, 50 + 80]]] as const
  ) {
    const defaults = generationDefaults("text", { image: true, mask: mask !== null });
    const options = await resolveGenerationOptions(defaults, models, { ...text, image: file, mask });
    const { steps, guidance, strength, upscale } = options;
    assertEquals([steps, guidance, strength, upscale!.steps, stepCount(options)], [...expected]);
  }
});

Deno.test("digits have the solver where their scheduler's class says no more than how they were trained", async () => {
  const digits: UserChoices = { of: "digits", prompts: ["7"], image: null, mask: null, seed: 1 };
  const defaults = generationDefaults("digits", plain);
  const samplers = ["ddpm", "ddim"] as const;
  const found = await Promise.all(samplers.map(async (sampler) => {
    const models = { model: model("digits", {}, { sampler }), upscaler: null };
    const options = await resolveGenerationOptions(defaults, models, { ...digits, guidance: 0 });
    assertEquals([options.steps, options.guidanceRule], [20, undefined]);
    return options.sampler;
  }));
  assertEquals(found, ["dpm-solver++", "ddim"]);
});

Deno.test("seeds follow one another, unless they are listed", async () => {
  assertEquals(seedsOf({ seed: 2 ** 53 - 1, count: 2 }), [2n ** 53n - 1n, 2n ** 53n]);
  const models = { model: model("I"), upscaler: null };
  const options = await resolveGenerationOptions(generationDefaults("text", plain), models, {
    ...text,
    seeds: [9, 3],
  });
  assertEquals([options.seed, options.count, seedsOf(options)], [9, 2, [9n, 3n]]);
});
