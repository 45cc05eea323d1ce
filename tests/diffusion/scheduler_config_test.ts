import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Config } from "../../lib/checkpoints/config.ts";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import {
  cosineSchedule,
  customSchedule,
  linearSchedule,
  scaledLinearSchedule,
} from "../../lib/diffusion/schedule.ts";
import {
  readScheduler,
  samplerOf,
  scheduleFromConfig,
  thresholdOf,
} from "../../lib/diffusion/scheduler_config.ts";
import { tensor } from "../../lib/tensor.ts";

/** How DPM-Solver steps by default. */
const solver = {
  order: 2,
  solverType: "midpoint",
  finalSigmas: "zero",
  eulerAtFinal: false,
  lowerOrderFinal: true,
} as const;

const read = (values: Record<string, unknown>) => scheduleFromConfig(new Config("scheduler.json", values));

Deno.test("an empty configuration has diffusers' defaults", () => {
  assertEquals(read({}), {
    schedule: linearSchedule(1000, 1e-4, 0.02),
    predictionType: "epsilon",
    variance: "fixed_small",
    thresholding: { kind: "clip", range: 1 },
    spacing: "leading",
    stepsOffset: 0,
    sampler: "ddpm",
    lambdaMin: undefined,
    solver,
    setAlphaToOne: true,
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
    stepsOffset: 0,
    sampler: "ddpm",
    lambdaMin: -5.1,
    solver,
    setAlphaToOne: true,
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
      { beta_schedule: "cubic" },
      '"beta_schedule" is "cubic" where one of linear, scaled_linear, squaredcos_cap_v2, sigmoid, laplace, exp is ' +
      "expected",
    ],
    [{ beta_start: 0 }, '"beta_start" is 0 where a number in (0, 1) is expected'],
    [
      { num_train_timesteps: 0 },
      '"num_train_timesteps" is 0 where a whole number from 1 to 100000 is expected',
    ],
    [
      { num_train_timesteps: 4294967295 },
      '"num_train_timesteps" is 4294967295 where a whole number from 1 to 100000 is expected',
    ],
    [{ trained_betas: [0.1] }, '"trained_betas" is [0.1] where a list of 1000 numbers in (0, 1) is expected'],
    [
      { prediction_type: "flow" },
      '"prediction_type" is "flow" where one of epsilon, v_prediction, sample is expected',
    ],
    [
      { variance_type: "fixed_large_log" },
      '"variance_type" is "fixed_large_log" where one of fixed_small, fixed_small_log, fixed_large, learned, ' +
      "learned_range is expected",
    ],
    [
      { rescale_betas_zero_snr: true },
      '"rescale_betas_zero_snr" is true where false, unless prediction_type is v_prediction or sample, is expected',
    ],
    [{ steps_offset: 1000 }, '"steps_offset" is 1000 where a whole number from 0 to 999 is expected'],
    [{ steps_offset: -1 }, '"steps_offset" is -1 where a whole number from 0 to 999 is expected'],
    [
      { beta_start: 1e-300 },
      '"beta_start" is 1e-300 where what leaves some signal and some noise at every timestep (betas[0]: 0 where a ' +
      "number in (0, 1) is expected) is expected",
    ],
    [{ beta_start: NaN }, '"beta_start" is NaN where a number is expected'],
    [{ trained_betas: [NaN] }, '"trained_betas" is ["NaN"] where a list of numbers is expected'],
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

Deno.test("the class of a file is its sampler", () => {
  const sampler = (_class_name: string) => samplerOf(readScheduler(new Config("a", { _class_name })));
  assertEquals(sampler("DDPMScheduler"), "ddpm");
  assertEquals(sampler("DDIMScheduler"), "ddim");
  assertEquals(sampler("DPMSolverMultistepScheduler"), "dpm-solver++");
});

Deno.test("every class is sampled by the sampler that is asked for, if its noise schedule is known", () => {
  const euler = { _class_name: "DPMSolverSDEScheduler", beta_schedule: "scaled_linear", beta_end: 0.012 };
  const config = new Config("a.json", euler);
  assertEquals(scheduleFromConfig(config).sampler, "dpm-sde");
  const settings = scheduleFromConfig(config, "ddim");
  assertEquals(settings.schedule, scaledLinearSchedule(1000, 0.00085, 0.012));
  assertEquals([settings.spacing, settings.thresholding.kind], ["linspace", "none"]);
  assertEquals(samplerOf(structuredClone(settings), "ddpm"), "ddpm");
  const heun = scheduleFromConfig(new Config("a", { _class_name: "HeunDiscreteScheduler" }), "ddpm");
  assertEquals(heun.schedule, linearSchedule(1000, 0.00085, 0.012));
  for (
    const _class_name of ["FlowMatchEulerDiscreteScheduler", "VQDiffusionScheduler", "constructor", "../x"]
  ) {
    const flow = new Config("a.json", { _class_name });
    assertThrows(
      () => scheduleFromConfig(flow, "ddpm"),
      CheckpointError,
      `a.json: "_class_name" is "${_class_name}"`,
    );
  }
});

Deno.test("a key that only one sampler looks at rules out that one alone", () => {
  const wrong: [string, unknown, string][] = [
    ["algorithm_type", "dpmsolver", "dpm-solver++"],
    ["algorithm_type", "rk4", "dpm-solver++"],
    ["solver_order", 4, "dpm-solver++"],
    ["solver_type", "rk4", "dpm-solver++"],
    ["final_sigmas_type", "sigma_max", "dpm-solver++"],
    ["lower_order_final", "yes", "dpm-solver++"],
    ["lambda_min_clipped", NaN, "dpm-solver++"],
    ["lambda_min_clipped", Infinity, "dpm-solver++"],
    ["lambda_min_clipped", 9, "dpm-solver++"],
    ["variance_type", "fixed_large_log", "ddpm"],
    ["set_alpha_to_one", 1, "ddim"],
  ];
  for (const [key, value, sampler] of wrong) {
    const settings = readScheduler(new Config("a.json", { [key]: value }));
    for (const name of ["ddpm", "ddim", "dpm-solver++"] as const) {
      if (name !== sampler) assertEquals(samplerOf(settings, name), name);
      else assertThrows(() => samplerOf(settings, name), CheckpointError, `a.json: "${key}" is `);
    }
  }
  const _class_name = "DPMSolverMultistepScheduler";
  assertThrows(
    () => read({ _class_name, use_karras_sigmas: true, use_beta_sigmas: true }),
    CheckpointError,
    '"use_beta_sigmas" is true where false, beside the spacing karras, is expected',
  );
  // The variance is not looked at by the solver, nor flow_shift without flow sigmas.
  for (
    const values of [{ variance_type: "fixed_large_log" }, { flow_shift: 3 }, { use_karras_sigmas: null }]
  ) {
    assertEquals(read({ _class_name, ...values }).sampler, "dpm-solver++");
  }
});

Deno.test("noise levels beyond those of the timesteps are refused", () => {
  const levels = { _class_name: "EulerDiscreteScheduler", use_karras_sigmas: true };
  assertEquals(read({ ...levels, sigma_max: 10 }).levels, { spacings: ["karras"], max: 10 });
  assertThrows(
    () => read({ ...levels, sigma_max: 1e4 }),
    CheckpointError,
    '"sigma_max" is 10000 where a number from',
  );
  assertThrows(
    () => read({ ...levels, sigma_min: 1e-4 }),
    CheckpointError,
    '"sigma_min" is 0.0001 where a number',
  );
});

Deno.test("minus infinity limits nothing", () => {
  assertEquals(read({ lambda_min_clipped: -Infinity }).lambdaMin, undefined);
  assertEquals(read({ lambda_min_clipped: -3 }).lambdaMin, -3);
  assertEquals(read({ thresholding: true, sample_max_value: Infinity }).thresholding, {
    kind: "dynamic",
    ratio: 0.995,
    max: Infinity,
  });
  assertEquals(read({ clip_sample_range: Infinity }).thresholding, { kind: "none" });
});

Deno.test("where betas leave nothing of the signal, a key of the file is to blame", () => {
  const message = '"num_train_timesteps" is 100000 where what leaves some signal';
  assertThrows(() => read({ num_train_timesteps: 100000 }), CheckpointError, `scheduler.json: ${message}`);
  assertThrows(
    () => read({ beta_end: 0.999 }),
    CheckpointError,
    'scheduler.json: "beta_end" is 0.999 where what',
  );
});

Deno.test("every number has bounds, and is refused by its key and file", () => {
  const keys = [
    "num_train_timesteps",
    "beta_start",
    "beta_end",
    "steps_offset",
    "dynamic_thresholding_ratio",
    "sample_max_value",
    "clip_sample_range",
    "trained_betas",
    "solver_order",
    "lambda_min_clipped",
  ];
  const values = [
    4294967295,
    1e308,
    -1e308,
    2 ** 53,
    NaN,
    -Infinity,
    Infinity,
    -1,
    0,
    0.5,
    1e-300,
    "7",
    [],
    {},
    true,
  ];
  for (const key of keys) {
    for (const value of values) {
      for (const base of [{}, { thresholding: true }, { beta_schedule: "scaled_linear" }]) {
        try {
          scheduleFromConfig(new Config("a.json", { ...base, [key]: value }), "dpm-solver++");
        } catch (error) {
          if (!(error instanceof CheckpointError)) throw error;
          assertMatch(error.message, /^a\.json: "/);
        }
      }
    }
  }
});
