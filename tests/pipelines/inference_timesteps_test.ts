import { assertEquals, assertThrows } from "@std/assert";
import { dpmSolverTimesteps, respacedTimesteps } from "../../lib/diffusion/timesteps.ts";
import { inferenceTimesteps } from "../../lib/pipelines/stage/inference_timesteps.ts";
import { scheduler } from "./fake_stage.ts";

Deno.test("timesteps are spaced as the scheduler's configuration says", () => {
  assertEquals(inferenceTimesteps(scheduler, "ddpm", {}, 4), [750, 500, 250, 0]);
  assertEquals(inferenceTimesteps(scheduler, "ddim", { numInferenceSteps: 2 }, 4), [500, 0]);
  const trailing = { ...scheduler, spacing: "trailing" } as const;
  assertEquals(inferenceTimesteps(trailing, "ddpm", {}, 4), [999, 749, 499, 249]);
  const linspace = { ...scheduler, spacing: "linspace" } as const;
  assertEquals(inferenceTimesteps(linspace, "ddpm", {}, 4), [999, 666, 333, 0]);
  assertEquals(inferenceTimesteps(scheduler, "ddpm", { numInferenceSteps: 1000 }, 4).length, 1000);
});

Deno.test("the solver has timesteps of its own", () => {
  assertEquals(
    inferenceTimesteps(scheduler, "dpm-solver++", {}, 20),
    dpmSolverTimesteps(20, scheduler.schedule, { spacing: "leading", lambdaMin: -5.1 }),
  );
});

Deno.test("a list is taken as it is, for any sampler", () => {
  const timesteps = respacedTimesteps("fast27");
  for (const sampler of ["ddpm", "ddim", "dpm-solver++"] as const) {
    assertEquals(inferenceTimesteps(scheduler, sampler, { timesteps }, 4), timesteps);
  }
});

Deno.test("numbers out of range, and lists that do not descend, are refused", () => {
  for (const numInferenceSteps of [0, -1, 1001, 2.5, NaN]) {
    assertThrows(
      () => inferenceTimesteps(scheduler, "ddpm", { numInferenceSteps }, 4),
      RangeError,
      `numInferenceSteps: ${numInferenceSteps} where a whole number from 1 to 1000 is expected`,
    );
  }
  const cases: [number[], string][] = [
    [[], "timesteps: empty"],
    [[1000, 0], "timesteps[0]: 1000 where"],
    [[500, 500], "timesteps[1]: 500"],
    [[0, 500], "timesteps[1]: 500"],
  ];
  for (const [timesteps, message] of cases) {
    assertThrows(() => inferenceTimesteps(scheduler, "ddpm", { timesteps }, 4), RangeError, message);
  }
  assertThrows(
    () => inferenceTimesteps(scheduler, "ddpm", { timesteps: [5], numInferenceSteps: 1 }, 4),
    RangeError,
    "numInferenceSteps: 1 where none beside timesteps is expected",
  );
});

Deno.test("the solver takes as many steps as there are timesteps, a consistency model those it was distilled on", () => {
  for (const spacing of ["leading", "linspace", "trailing"] as const) {
    for (const numInferenceSteps of [999, 1000]) {
      const settings = { ...scheduler, spacing, lambdaMin: undefined };
      const { length } = inferenceTimesteps(settings, "dpm-solver++", { numInferenceSteps }, 4);
      assertEquals(length, numInferenceSteps);
    }
  }
  assertThrows(
    () => inferenceTimesteps({ ...scheduler, sampler: "lcm" }, "lcm", { numInferenceSteps: 51 }, 4),
    RangeError,
    "numInferenceSteps: 51 where a whole number from 1 to 50 is expected (by the sampler lcm)",
  );
});

Deno.test("leading timesteps are offset as the configuration says, and stay in the schedule", () => {
  const offset = { ...scheduler, stepsOffset: 1 };
  assertEquals(inferenceTimesteps(offset, "ddim", {}, 4), [751, 501, 251, 1]);
  assertEquals(inferenceTimesteps({ ...offset, spacing: "linspace" }, "ddim", {}, 4), [999, 666, 333, 0]);
  assertThrows(
    () => inferenceTimesteps(offset, "ddpm", { numInferenceSteps: 1000 }, 4),
    RangeError,
    "numInferenceSteps: 1000 where fewer are expected (with the scheduler's steps_offset of 1",
  );
});
