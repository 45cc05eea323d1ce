import { assertEquals } from "@std/assert";
import { workOf } from "../../report/work.ts";
import { machineRatio, paceOf, type TimedRun } from "../../server/pace.ts";

/** A run of so many steps that took so long. */
const run = (steps: number, seconds: number): TimedRun => ({ parameters: { stepCounts: [steps] }, seconds });

Deno.test("a section's pace is the median of its runs, by the work that each had", () => {
  assertEquals(paceOf([]), undefined);
  const each = workOf({ stepCounts: [10] });
  assertEquals(paceOf([run(10, each), run(10, 5 * each), run(10, 3 * each)]), 3);
});

Deno.test("a machine is as much slower than the report's as the median of what was run on both", () => {
  const section = (here: readonly number[], there: number) => ({
    here: here.map((seconds) => run(20, seconds)),
    committed: run(20, there),
  });
  assertEquals(machineRatio([]), undefined);
  assertEquals(machineRatio([section([], 2)]), undefined);
  assertEquals(machineRatio([section([8], 2), section([9, 9], 3), section([], 1), section([1], 1)]), 3);
});
