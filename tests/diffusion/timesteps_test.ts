import { assertEquals, assertThrows } from "@std/assert";
import { cosineSchedule, linearSchedule } from "../../lib/diffusion/schedule.ts";
import {
  customTimesteps,
  dpmSolverTimesteps,
  imageToImageTimesteps,
  leadingTimesteps,
  linspaceTimesteps,
  respacedTimesteps,
  stridedTimesteps,
  trailingTimesteps,
} from "../../lib/diffusion/timesteps.ts";
import { readFixture } from "./fixtures.ts";

const golden = readFixture("schedulers");
const goldenTimesteps = (name: string) => [...golden.readIntegers(`${name}.timesteps`).data];

Deno.test("leading timesteps are IF's", () => {
  assertEquals(leadingTimesteps(100), stridedTimesteps(990, 10));
  assertEquals(leadingTimesteps(50), stridedTimesteps(980, 20));
  assertEquals(leadingTimesteps(27), stridedTimesteps(962, 37));
  assertEquals(leadingTimesteps(30), stridedTimesteps(957, 33));
  assertEquals(leadingTimesteps(1000), stridedTimesteps(999, 1));
  assertEquals(leadingTimesteps(6, 300), goldenTimesteps("ddpm_linear_small"));
});

Deno.test("linspace and trailing timesteps are diffusers'", () => {
  assertEquals(linspaceTimesteps(5), goldenTimesteps("ddpm_cosine_linspace"));
  assertEquals(linspaceTimesteps(1), [0]);
  assertEquals(trailingTimesteps(5), goldenTimesteps("ddpm_cosine_trailing"));
  assertEquals(trailingTimesteps(1), [999]);
  // The fourth is 937.5 but for rounding errors: as in NumPy's arange it comes out just below.
  assertEquals(trailingTimesteps(48).slice(0, 6), [999, 978, 957, 936, 916, 895]);
  // Here diffusers has an eighth timestep, -1, by a rounding error.
  assertEquals(trailingTimesteps(7, 300), [299, 256, 213, 170, 128, 85, 42]);
});

Deno.test("DPM-Solver's timesteps leave out what is too noisy", () => {
  assertEquals(dpmSolverTimesteps(6, cosineSchedule()), goldenTimesteps("dpmpp2m_cosine"));
  assertEquals(dpmSolverTimesteps(6, linearSchedule(300)), goldenTimesteps("dpmpp2m_linear"));
  assertEquals(
    dpmSolverTimesteps(10, cosineSchedule(), { spacing: "linspace" }),
    [995, 896, 796, 696, 597, 498, 398, 298, 199, 100],
  );
  assertEquals(
    dpmSolverTimesteps(10, cosineSchedule(), { spacing: "trailing" }),
    [995, 895, 795, 695, 595, 495, 395, 295, 195, 95],
  );
  const unclipped = dpmSolverTimesteps(10, cosineSchedule(), { spacing: "linspace", lambdaMin: -Infinity });
  assertEquals(unclipped[0], 999);
  // Where there are not as many, each is visited once.
  const every = stridedTimesteps(995, 1);
  for (const spacing of ["leading", "linspace", "trailing"] as const) {
    assertEquals(dpmSolverTimesteps(1000, cosineSchedule(), { spacing }), every);
  }
  const linear = dpmSolverTimesteps(999, linearSchedule(), { spacing: "linspace" });
  assertEquals(linear, stridedTimesteps(999, 1).slice(0, -1));
  assertThrows(
    () => dpmSolverTimesteps(1001, cosineSchedule()),
    RangeError,
    "count: 1001 where a whole number",
  );
  assertThrows(() => dpmSolverTimesteps(0, cosineSchedule()), RangeError, "count: 0 where");
  const spacing = "karras" as "leading";
  assertThrows(() => dpmSolverTimesteps(5, cosineSchedule(), { spacing }), RangeError, 'spacing: "karras"');
});

Deno.test("respacing strings give the published lists", () => {
  const published: Record<string, string> = {
    fast27:
      "999,800,799,600,599,500,400,399,377,355,333,311,288,266,244,222,200,199,177,155,133,111,88,66,44,22,0",
    smart27:
      "999,976,952,928,905,882,858,857,810,762,715,714,572,429,428,286,285,238,190,143,142,118,95,71,47,24,0",
    super27:
      "999,991,982,974,966,958,950,941,933,925,916,908,900,899,874,850,825,800,799,700,600,500,400,300,200,100,0",
    super40:
      "999,992,985,978,971,964,957,949,942,935,928,921,914,907,900,899,879,859,840,820,800,799,766,733," +
      "700,699,650,600,599,500,499,400,399,300,299,200,199,100,99,0",
    smart50:
      "999,988,977,966,955,944,933,922,911,900,899,879,859,840,820,800,799,766,733,700,699,650,600,599," +
      "500,499,400,399,350,300,299,266,233,200,199,179,159,140,120,100,99,88,77,66,55,44,33,22,11,0",
  };
  for (const [spec, list] of Object.entries(published)) {
    assertEquals(respacedTimesteps(spec).join(), list, spec);
  }
  assertEquals(respacedTimesteps("10,10,3,2,2"), respacedTimesteps("fast27"));
  for (const [spec, count] of [["smart100", 100], ["smart185", 185], ["super100", 100]] as const) {
    assertEquals(customTimesteps(respacedTimesteps(spec)).length, count, spec);
  }
});

Deno.test("respacing strings may be numbers", () => {
  assertEquals(respacedTimesteps("100").slice(0, 4), [999, 989, 979, 969]);
  assertEquals(respacedTimesteps("100").slice(-3), [20, 10, 0]);
  assertEquals(respacedTimesteps("1"), [0]);
  assertEquals(respacedTimesteps("ddim50"), leadingTimesteps(50));
  assertEquals(respacedTimesteps("ddim4", 10), [9, 6, 3, 0]);
  assertEquals(respacedTimesteps("2,0,2", 10), [9, 7, 3, 0]);
});

Deno.test("respacing strings that cannot be say why", () => {
  assertThrows(() => respacedTimesteps("fast28"), RangeError, 'spec: "fast28" where numbers');
  assertThrows(() => respacedTimesteps("toString"), RangeError, "fast27, smart27");
  assertThrows(() => respacedTimesteps("10,-1"), RangeError, "spec: ");
  assertThrows(() => respacedTimesteps("0"), RangeError, "where at least one timestep");
  assertThrows(() => respacedTimesteps("1001"), RangeError, "1001 timesteps in section 0");
  assertThrows(() => respacedTimesteps("1,6", 10), RangeError, 'section 1 of "1,6" where at most 5');
  assertThrows(() => respacedTimesteps("ddim300"), RangeError, 'spec: "ddim300" where a number that');
  assertThrows(() => respacedTimesteps("ddim0"), RangeError, 'spec: "ddim0"');
});

Deno.test("strided and custom timesteps are checked", () => {
  assertEquals(stridedTimesteps(990, 30).length, 34);
  assertEquals(stridedTimesteps(10, 4), [10, 6, 2]);
  assertThrows(
    () => stridedTimesteps(1000, 30),
    RangeError,
    "start: 1000 where a whole number from 0 to 999",
  );
  assertThrows(() => stridedTimesteps(10, 0), RangeError, "stride: 0 where");
  assertEquals(customTimesteps([999, 5, 0]), [999, 5, 0]);
  assertThrows(() => customTimesteps([]), RangeError, "timesteps: empty");
  assertThrows(() => customTimesteps([1000]), RangeError, "timesteps[0]: 1000 where");
  assertThrows(
    () => customTimesteps([5, 5]),
    RangeError,
    "timesteps[1]: 5 where a whole number from 0 to 4",
  );
  assertThrows(() => customTimesteps([5, 2.5]), RangeError, "timesteps[1]: 2.5 where");
  assertThrows(() => customTimesteps([5, -1]), RangeError, "timesteps[1]: -1");
});

Deno.test("counts out of the schedule are errors", () => {
  for (const timesteps of [leadingTimesteps, linspaceTimesteps, trailingTimesteps]) {
    for (const count of [0, -1, 1.5, 1001, NaN]) {
      assertThrows(() => timesteps(count), RangeError, `count: ${count} where a whole number from 1 to 1000`);
    }
    assertThrows(() => timesteps(1, 0), RangeError, "length: 0 where");
  }
});

Deno.test("image-to-image visits the last part of the list", () => {
  const timesteps = leadingTimesteps(80);
  const part = imageToImageTimesteps(timesteps, 0.7);
  assertEquals([part.length, part[0], part[55]], [56, 660, 0]);
  assertEquals(imageToImageTimesteps(leadingTimesteps(6), 0.7), [498, 332, 166, 0]);
  assertEquals(imageToImageTimesteps(leadingTimesteps(5), 0.8)[0], 600);
  assertEquals(imageToImageTimesteps(timesteps, 1), timesteps);
  assertThrows(() => imageToImageTimesteps(timesteps, 1.1), RangeError, "strength: 1.1 where");
  assertThrows(() => imageToImageTimesteps(timesteps, 0), RangeError, "strength: 0 where");
  assertThrows(() => imageToImageTimesteps(timesteps, 0.01), RangeError, "since it leaves none of 80");
});
