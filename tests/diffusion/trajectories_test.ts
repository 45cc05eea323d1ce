/** Every trajectory that diffusers' schedulers recorded, again, through the loop. */
import { assertEquals, assertLess } from "@std/assert";
import type { SafetensorsBuffer } from "../../lib/checkpoints/safetensors.ts";
import { sample } from "../../lib/diffusion/sample.ts";
import { ddim, ddpm, dpmSolverPlusPlus2M } from "../../lib/diffusion/samplers/mod.ts";
import { cosineSchedule, type DiscreteSchedule, linearSchedule } from "../../lib/diffusion/schedule.ts";
import { dynamicThreshold, type Threshold } from "../../lib/diffusion/threshold.ts";
import type { Sampler } from "../../lib/diffusion/types.ts";
import { conditioned } from "../../lib/effects/conditioned.ts";
import { Generator } from "../../lib/random.ts";
import { slice } from "../../lib/tensor.ts";
import { FakeModel, noCondition } from "./fake_model.ts";
import { maxError, readFixture } from "./fixtures.ts";

/** How the tensors of a trajectory are called. */
interface Names {
  readonly timesteps: string;
  readonly start: string;
  output(i: number): string;
  after(i: number): string;
  clean?(i: number): string;
}

async function replay(
  golden: SafetensorsBuffer,
  names: Names,
  schedule: DiscreteSchedule,
  sampler: Sampler,
  threshold?: Threshold,
): Promise<void> {
  const timesteps = [...golden.readIntegers(names.timesteps).data];
  const model = new FakeModel(({ t }) => {
    const output = golden.read(names.output(timesteps.indexOf(t)));
    if (output.shape[1] === 3) return { noise: output };
    return { noise: slice(output, 0, 3, 1), variance: slice(output, 3, 6, 1) };
  }, schedule);
  const generator = new Generator(11);
  const noise = (shape: readonly number[]) => generator.randn(shape);
  const start = golden.read(names.start);
  const steps = sample(conditioned(model, noCondition), { sampler, timesteps, start, noise, threshold });
  let count = 0;
  let error = 0;
  for await (const { index, t, tNext, x, x0 } of steps) {
    assertEquals([index, t, tNext], [count, timesteps[count], timesteps[count + 1] ?? -1]);
    error = Math.max(error, maxError(x, golden.read(names.after(index))));
    if (names.clean) error = Math.max(error, maxError(x0, golden.read(names.clean(index))));
    count++;
  }
  assertEquals(count, timesteps.length);
  assertLess(error, 1e-5);
}

const linear = linearSchedule(300);
const cosine = cosineSchedule();
const dynamic = dynamicThreshold({ ratio: 0.95, max: 1.5 });
const learned = ddpm({ variance: "learned_range" });

const golden = readFixture("schedulers");
const trajectories: Record<string, [DiscreteSchedule, Sampler, Threshold?]> = {
  ddpm_linear_small: [linear, ddpm()],
  ddpm_linear_large: [linear, ddpm({ variance: "fixed_large" })],
  ddpm_cosine_trailing: [cosine, learned, dynamic],
  ddpm_cosine_linspace: [cosine, learned, dynamic],
  ddim_linear_eta0: [linear, ddim()],
  ddim_linear_eta1: [linear, ddim({ eta: 1 })],
  // diffusers keeps the noise estimate of a step that was thresholded.
  ddim_cosine_eta0: [cosine, ddim({ useClippedModelOutput: false }), dynamic],
  dpmpp2m_linear: [linear, dpmSolverPlusPlus2M()],
  dpmpp2m_cosine: [cosine, dpmSolverPlusPlus2M(), dynamic],
};

for (const [name, settings] of Object.entries(trajectories)) {
  Deno.test(`trajectory ${name}`, () =>
    replay(golden, {
      timesteps: `${name}.timesteps`,
      start: `${name}.x0`,
      output: (i) => `${name}.out${i}`,
      after: (i) => `${name}.x${i + 1}`,
    }, ...settings));
}

Deno.test("trajectory ddpm_learned_range", () => {
  const names: Names = {
    timesteps: "timesteps",
    start: "x0",
    output: (i) => `model_out_${i}`,
    after: (i) => `x_${i + 1}`,
    clean: (i) => `pred_x0_${i}`,
  };
  return replay(readFixture("ddpm_learned_range"), names, cosine, learned, dynamic);
});
