/** Runs of diffusers' schedulers, again: each class with its keys, from the configuration to the images. */
import { assertEquals, assertLess } from "@std/assert";
import { Config } from "../../lib/checkpoints/config.ts";
import { parsePythonJson } from "../../lib/checkpoints/python_json.ts";
import { predictionFromOutput } from "../../lib/diffusion/prediction.ts";
import { sample } from "../../lib/diffusion/sample.ts";
import { readScheduler } from "../../lib/diffusion/scheduler_config.ts";
import { type SchedulerRun, schedulerRun } from "../../lib/diffusion/scheduler_run.ts";
import { edmRunFromConfig } from "../../lib/diffusion/edm_config.ts";
import type { EdmPreconditioning } from "../../lib/diffusion/edm_preconditioning.ts";
import { flowRunFromConfig } from "../../lib/diffusion/flow_config.ts";
import type { PredictionType } from "../../lib/diffusion/types.ts";
import { conditioned } from "../../lib/effects/conditioned.ts";
import { Generator } from "../../lib/random.ts";
import { full, map, type Tensor } from "../../lib/tensor.ts";
import { FakeModel, noCondition } from "../diffusion/fake_model.ts";

/** One run: what the network was told and how often it was asked, the images half way, and in the end, `[1, 3, 4, 4]`. */
interface Run {
  readonly name: string;
  readonly steps: number;
  readonly config: Record<string, unknown>;
  /** Empty for long runs. */
  readonly told: readonly number[];
  readonly evaluations: number;
  /** Empty where a step evaluates the network more than once. */
  readonly middle: readonly number[];
  readonly last: readonly number[];
}

/**
 * Runs in which diffusers' own rounding is beyond 1e-5: one from a noise level of 4096, one that takes curvatures of small
 * differences.
 */
const roughly = [
  "EulerDiscrete prediction_type=v_prediction rescale_betas_zero_snr=True",
  "DPMSolverSinglestep algorithm_type=sde-dpmsolver++ solver_order=3 solver_type=heun",
];

const SHAPE = [1, 3, 4, 4];
const text = await Deno.readTextFile(new URL("../fixtures/scheduler_runs.json", import.meta.url));

for (const run of parsePythonJson(text) as Run[]) {
  Deno.test(`as diffusers: ${run.name}`, async () => {
    const { predictionType, startDeviation, preconditioning, ...options } = runOf(run);
    const told: number[] = [];
    const model = new FakeModel(({ input: { x }, t, level = t }) => {
      told.push(t);
      // A made-up network, and no linear one.
      const network = (x: Tensor) =>
        map(x, (value) => 0.6 * value + 0.2 * Math.sin(3 * value) + 0.2 * (t / 1000) - 0.1);
      const prediction = preconditioning
        ? preconditioning.prediction(network(preconditioning.input(x, level)), x, level)
        : predictionFromOutput(predictionType, network(x), x, level, options.schedule);
      return { ...prediction, variance: full(SHAPE, 0.25) };
    });
    const generator = new Generator(11);
    const states: Tensor[] = [];
    const steps = sample(conditioned(model, noCondition), {
      ...options,
      start: map(new Generator(7).randn(SHAPE), (value) => startDeviation * value),
      noise: (shape) => generator.randn(shape),
    });
    for await (const { x } of steps) states.push(x);
    const tolerance = roughly.some((each) => run.name.startsWith(each)) ? 3e-5 : 1e-5;
    assertEquals(told.length, run.evaluations);
    run.told.forEach((t, i) => assertLess(Math.abs(told[i] - t), 1e-3, `told ${told[i]} where it is ${t}`));
    assertClose(states[states.length - 1], run.last, tolerance);
    if (run.middle.length > 0) assertClose(states[(run.steps >> 1) - 1], run.middle, tolerance);
  });
}

/** What the loop needs, and what the network estimates. */
function runOf(
  { config: values, steps }: Run,
): SchedulerRun & { readonly predictionType: PredictionType; readonly preconditioning?: EdmPreconditioning } {
  const config = new Config("scheduler_config.json", values);
  if (config.text("_class_name").startsWith("FlowMatch")) {
    const predictionType = "flow_prediction";
    return { ...flowRunFromConfig(config, { steps, imageSequenceLength: 1024 }), predictionType };
  }
  if (config.text("_class_name").startsWith("EDM")) {
    return { ...edmRunFromConfig(config, { steps }), predictionType: "epsilon" };
  }
  const settings = readScheduler(config);
  return { ...schedulerRun(settings, { steps }), predictionType: settings.predictionType };
}

/** Relative to the largest value. */
function assertClose({ data }: Tensor, expected: readonly number[], tolerance: number): void {
  const scale = Math.max(1, ...expected.map(Math.abs));
  const error = Math.max(...expected.map((value, i) => Math.abs(value - data[i]))) / scale;
  assertLess(error, tolerance);
}
