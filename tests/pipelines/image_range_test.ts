import { assert, assertEquals, assertThrows } from "@std/assert";
import { cascade } from "../../lib/pipelines/cascade.ts";
import { superResolutionSampleOptions } from "../../lib/pipelines/sampling.ts";
import { upsampleBilinear } from "../../lib/pipelines/stage/upsample.ts";
import { full, map, type Tensor } from "../../lib/tensor.ts";
import { FakeStage, pictures, SIZE, texts } from "./fake_stage.ts";

Deno.test("what effects enlarge is in the range of pictures", () => {
  const model = new FakeStage(true);
  for (const value of [255, -2, NaN]) {
    const expected = Number.isNaN(value) ? "a finite number" : "a number in [-1, 1]";
    assertThrows(
      () => superResolutionSampleOptions(model, full([1, 3, 4, 4], value), { seed: 0 }),
      RangeError,
      `lowRes: ${value} at index 0 where ${expected} is expected`,
    );
  }
  // What is rounded on the way is no mistake.
  superResolutionSampleOptions(model, full([1, 3, 4, 4], 1 + 2 ** -20), { seed: 0 });
});

Deno.test("a first stage that nothing holds to the range is enlarged all the same, clipped", async () => {
  const [first, second] = [
    new FakeStage(false, { thresholding: { kind: "none" }, variance: "fixed_small" }),
    new FakeStage(true, {}, 2 * SIZE),
  ];
  const steps = { numInferenceSteps: 2 };
  const options = { seed: 0, negative: texts(0), first: steps, second: { ...steps, noiseLevel: 0 } };
  let small: Tensor | undefined;
  for await (const step of cascade([first, second], texts(1), options)) if (step.stage === 1) small = step.x;
  assert(small!.data.some((value) => Math.abs(value) > 1));
  const clipped = map(small!, (value) => Math.min(1, Math.max(-1, value)));
  const { lowRes } = second.batches[0][0].input;
  const enlarged = upsampleBilinear(clipped, 2 * SIZE, 2 * SIZE);
  // At noise level 0 next to nothing is added.
  lowRes!.data.forEach((value, i) => assert(Math.abs(value - enlarged.data[i]) < 0.1));
  assertEquals(lowRes!.shape, pictures(1, 2 * SIZE).shape);
});
