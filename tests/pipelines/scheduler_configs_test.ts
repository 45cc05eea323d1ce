/** Runs of diffusers' schedulers as many configurations have them, again: the settings are read from the file and obeyed. */
import { assertEquals, assertLess } from "@std/assert";
import { Config } from "../../lib/checkpoints/config.ts";
import { parsePythonJson } from "../../lib/checkpoints/python_json.ts";
import { sample } from "../../lib/diffusion/sample.ts";
import { readScheduler, thresholdOf } from "../../lib/diffusion/scheduler_config.ts";
import { noiseFromPrediction } from "../../lib/diffusion/prediction.ts";
import { conditioned } from "../../lib/effects/conditioned.ts";
import { inferenceTimesteps } from "../../lib/pipelines/stage/inference_timesteps.ts";
import { stageSampler, stageSamplerName } from "../../lib/pipelines/stage/stage_sampler.ts";
import { Generator } from "../../lib/random.ts";
import { full, map } from "../../lib/tensor.ts";
import { FakeModel, noCondition } from "../diffusion/fake_model.ts";

/** One run: the state after the first step, before the last one, and after it, `[1, 3, 2, 4]`. */
interface Run {
  readonly name: string;
  readonly steps: number;
  readonly config: Record<string, unknown>;
  readonly timesteps: readonly number[];
  readonly first: readonly number[];
  readonly before: readonly number[];
  readonly last: readonly number[];
}

const SHAPE = [1, 3, 2, 4];
const text = await Deno.readTextFile(new URL("../fixtures/scheduler_configs.json", import.meta.url));

for (const run of parsePythonJson(text) as Run[]) {
  Deno.test(`as diffusers: ${run.name}`, async () => {
    const scheduler = readScheduler(new Config("scheduler_config.json", run.config));
    const { predictionType, schedule } = scheduler;
    const name = stageSamplerName(scheduler);
    const timesteps = inferenceTimesteps(scheduler, name, {}, run.steps);
    assertEquals(timesteps, run.timesteps);
    // A made-up network, linear in what it sees.
    const model = new FakeModel(({ input: { x }, t }) => {
      const output = map(x, (value) => 0.7 * value + 0.2 * (t / 1000) - 0.1);
      const noise = noiseFromPrediction(predictionType, output, x, t, schedule);
      return { noise, variance: full(SHAPE, 0.25) };
    }, schedule);
    const generator = new Generator(11);
    const states: number[][] = [];
    const steps = sample(conditioned(model, noCondition), {
      sampler: stageSampler(scheduler, undefined, 0, timesteps.length),
      timesteps,
      start: new Generator(7).randn(SHAPE),
      noise: (shape) => generator.randn(shape),
      threshold: thresholdOf(scheduler.thresholding),
    });
    for await (const { x } of steps) states.push([...x.data]);
    for (const [state, expected] of [[0, run.first], [-2, run.before], [-1, run.last]] as const) {
      const scale = Math.max(1, ...expected.map(Math.abs));
      const error = Math.max(...states.at(state)!.map((value, i) => Math.abs(value - expected[i])));
      assertLess(error / scale, 2e-5, `after step ${state}`);
    }
  });
}
