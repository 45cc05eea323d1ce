import { assertEquals, assertThrows } from "@std/assert";
import { Config } from "../../lib/checkpoints/config.ts";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import {
  cosineSchedule,
  customSchedule,
  linearSchedule,
  scaledLinearSchedule,
} from "../../lib/diffusion/schedule.ts";
import { scheduleFromConfig, thresholdOf } from "../../lib/diffusion/scheduler_config.ts";
import { tensor } from "../../lib/tensor.ts";

const read = (values: Record<string, unknown>) => scheduleFromConfig(new Config("scheduler.json", values));

Deno.test("an empty configuration has diffusers' defaults", () => {
  assertEquals(read({}), {
    schedule: linearSchedule(1000, 1e-4, 0.02),
    predictionType: "epsilon",
    variance: "fixed_small",
    thresholding: { kind: "clip", range: 1 },
    spacing: "leading",
    lambdaMin: undefined,
  });
});

Deno.test("each beta schedule is read", () => {
  const betas = { num_train_timesteps: 300, beta_start: 1e-3, beta_end: 0.01 };
  const schedule = (values: Record<string, unknown>) => read({ ...betas, ...values }).schedule;
  assertEquals(schedule({ beta_schedule: "linear" }), linearSchedule(300, 1e-3, 0.01));
  assertEquals(schedule({ beta_schedule: "scaled_linear" }), scaledLinearSchedule(300, 1e-3, 0.01));
  assertEquals(schedule({ beta_schedule: "squaredcos_cap_v2" }), cosineSchedule(300));
  const trained = { num_train_timesteps: 2, trained_betas: [0.1, 0.2] };
  assertEquals(schedule(trained), customSchedule([0.1, 0.2]));
});

Deno.test("DeepFloyd IF's configuration is read", () => {
  const settings = read({
    _class_name: "DDPMScheduler",
    _diffusers_version: "0.16.0.dev0",
    beta_end: 0.02,
    beta_schedule: "squaredcos_cap_v2",
    beta_start: 0.0001,
    clip_sample: true,
    clip_sample_range: 1.0,
    dynamic_thresholding_ratio: 0.95,
    lambda_min_clipped: -5.1,
    num_train_timesteps: 1000,
    prediction_type: "epsilon",
    sample_max_value: 1.5,
    thresholding: true,
    trained_betas: null,
    variance_type: "learned_range",
  });
  assertEquals(settings, {
    schedule: cosineSchedule(),
    predictionType: "epsilon",
    variance: "learned_range",
    thresholding: { kind: "dynamic", ratio: 0.95, max: 1.5 },
    spacing: "leading",
    lambdaMin: -5.1,
  });
});

Deno.test("prediction, variance, spacing and clipping are read", () => {
  const settings = read({
    prediction_type: "v_prediction",
    variance_type: "fixed_small_log",
    timestep_spacing: "trailing",
    clip_sample_range: 2,
  });
  assertEquals(
    [settings.predictionType, settings.variance, settings.spacing],
    ["v_prediction", "fixed_small", "trailing"],
  );
  const x0 = tensor(Float32Array.of(-3, 1, 3), [1, 3]);
  assertEquals([...thresholdOf(settings.thresholding)!(x0).data], [-2, 1, 2]);
  assertEquals(thresholdOf(read({ clip_sample: false }).thresholding), undefined);
  assertEquals(read({ _class_name: "DPMSolverMultistepScheduler" }).thresholding, { kind: "none" });
});

Deno.test("what is unknown or not supported is refused by its key", () => {
  const wrong: [Record<string, unknown>, string][] = [
    [
      { _class_name: "PNDMScheduler" },
      '"_class_name" is "PNDMScheduler" where one of DDPMScheduler, DDIMScheduler, ' +
      "DPMSolverMultistepScheduler is expected",
    ],
    [
      { beta_schedule: "sigmoid" },
      '"beta_schedule" is "sigmoid" where one of linear, scaled_linear, squaredcos_cap_v2 is expected',
    ],
    [{ beta_start: 0 }, '"beta_start" is 0 where a number in (0, 1) is expected'],
    [{ num_train_timesteps: 0 }, '"num_train_timesteps" is 0 where a whole number of at least 1 is expected'],
    [{ trained_betas: [0.1] }, '"trained_betas" is [0.1] where a list of 1000 numbers in (0, 1) is expected'],
    [
      { prediction_type: "flow" },
      '"prediction_type" is "flow" where one of epsilon, v_prediction, sample is expected',
    ],
    [
      { variance_type: "learned" },
      '"variance_type" is "learned" where one of fixed_small, fixed_small_log, fixed_large, learned_range is ' +
      "expected",
    ],
    [{ rescale_betas_zero_snr: true }, '"rescale_betas_zero_snr" is true where false is expected'],
    [{ steps_offset: 1 }, '"steps_offset" is 1 where 0 is expected'],
    [
      { thresholding: true, dynamic_thresholding_ratio: 0 },
      '"dynamic_thresholding_ratio" is 0 where a number in (0, 1] is expected',
    ],
    [{ clip_sample_range: -1 }, '"clip_sample_range" is -1 where a number above 0 is expected'],
  ];
  for (const [values, message] of wrong) {
    assertEquals(assertThrows(() => read(values), CheckpointError).message, `scheduler.json: ${message}`);
  }
});
