/** Work before a run, and what is kept of one. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { keptSnapshots } from "../../report/snapshots.ts";
import { defaultParameters, findSection, parseParameters, sections } from "../../report/mod.ts";
import type { Json } from "../../report/mod.ts";
import { isTraining, workOf } from "../../report/work.ts";
import { paceOf } from "../../server/pace.ts";

const work = (id: string, changes = {}) => workOf(parseParameters(findSection(id), changes));

Deno.test("work grows with pictures, steps and a second stage", () => {
  assertEquals(work("sampling", { prompts: ["a"], stepCounts: [10], upscale: "none" }), 10);
  assertEquals(work("sampling", { prompts: ["a", "b"], stepCounts: [10, 20], upscale: "none" }), 60);
  assertEquals(work("sampling", { prompts: ["a"], stepCounts: [10], upscaleSteps: 5 }), 30);
  assertEquals(work("samplers", { samplers: ["ddim", "heun"], evaluations: [5, 10], reference: 100 }), 130);
  assertEquals(work("image-to-image", { images: ["cat"], starts: [4, 10], stride: 50 }), 26);
  assertEquals(work("guidance", { count: 2, scales: [1, 3], stride: 100 }), 40);
  assert(work("time-unet", { trainSteps: 500 }) > 5 * work("time-unet"));
  // From the trained network it is that one which learns, whatever width is given for another.
  const fromTrained = { from: "checkpoint", trainSteps: 10, width: 1 };
  assertEquals(work("time-unet", fromTrained), work("time-unet", { ...fromTrained, width: 128 }));
  assert(work("time-unet", fromTrained) > work("time-unet", { trainSteps: 10, width: 16 }));
  assertEquals(work("denoiser", { digits: 3, sigmas: [0.2, 0.5] }), 6);
  assertEquals(
    work("denoiser", { digits: 3, sigmas: [0.5], trainSteps: 10, batch: 2, drawings: 1, width: 16 }),
    3 + (10 * 2 * 3 + 10) / 8,
  );
  for (const section of sections) {
    assert(workOf(defaultParameters(section)) > 0, section.id);
    const start = parseParameters(section, section.start ?? {});
    if (!isTraining(start)) assert(workOf(start) <= workOf(defaultParameters(section)), section.id);
  }
});

Deno.test("what a form begins with takes less than 15 seconds, at the pace of the report's own run", async () => {
  const report: { sections: { id: string; parameters: Record<string, Json>; seconds: number }[] } = JSON
    .parse(
      await Deno.readTextFile("static/report/report.json"),
    );
  for (const { id, parameters, seconds } of report.sections) {
    const section = findSection(id);
    const start = workOf(parseParameters(section, section.start ?? {}));
    const estimate = seconds / workOf(parameters) * start;
    assert(estimate < 15, `${id}: ${estimate} s`);
  }
});

Deno.test("the pace of a section is that of its usual run", () => {
  const parameters = parseParameters(findSection("from-noise"), { count: 1, stride: 100 });
  const run = (seconds: number) => ({ parameters, seconds });
  assertAlmostEquals(paceOf([run(2), run(3), run(50)])!, 0.3);
  assertEquals(paceOf([]), undefined);
});

Deno.test("some moments of each small sampling are kept, the last among them", () => {
  const media = (height: number) => ({
    ...{ type: "image/png" as const, width: 32, height },
    bytes: new Uint8Array([1, 2, 3]),
  });
  const preview = (slot: string, step: number, height = 32) => ({
    ...{ slot, step, steps: 25, t: 1000 - 40 * step, count: 1 },
    ...{ x: media(height), x0: media(height) },
  });
  const steps = Array.from({ length: 25 }, (_, i) => i + 1);
  const kept = keptSnapshots([
    ...steps.map((step) => preview("a", step)),
    ...steps.map((step) => preview("large", step, 128)),
    preview("b", 25),
  ]);
  assertEquals(kept.map(({ slot, step }) => `${slot} ${step}`), [
    "a 4",
    "a 8",
    "a 13",
    "a 17",
    "a 21",
    "a 25",
    "b 25",
  ]);
  assertEquals(kept[0].x.data, "AQID");
});
