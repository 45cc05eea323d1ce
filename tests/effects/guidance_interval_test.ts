/** Guidance in an interval of timesteps: what it is within and outside, and how much of the network each asks. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { denoiseOnce, sampleToEnd } from "../../lib/diffusion/sample.ts";
import { conditioned } from "../../lib/effects/conditioned.ts";
import { guidance } from "../../lib/effects/guidance.ts";
import { type GuidanceInterval, withinInterval } from "../../lib/effects/guidance_interval.ts";
import { textToImage } from "../../lib/pipelines/text_to_image.ts";
import { Generator } from "../../lib/random.ts";
import { full, map } from "../../lib/tensor.ts";
import { FakeModel } from "../diffusion/fake_model.ts";
import { FakeStage, texts } from "../pipelines/fake_stage.ts";

const x = new Generator(1).randn([1, 3, 4, 4]);
const model = new FakeModel(({ input, condition }) => {
  const [value] = condition.inputs.value.data;
  return { noise: map(input.x, (one) => Math.tanh(one + value)), variance: full(input.x.shape, value) };
});
const [text, empty] = [1, 0].map((value) => conditioned(model, { inputs: { value: full([1], value) } }));

Deno.test("within the interval guidance is the formula, outside the text alone, to the last bit", async () => {
  for (const scale of [-2, 0, 0.5, 1, 7]) {
    const denoiser = await guidance(() => text, () => empty, scale, "formula", [200, 800]);
    for (const t of [0, 199, 200, 500, 800, 801, 999]) {
      const isWithin = t >= 200 && t <= 800;
      const expected = isWithin ? await guidance(() => text, () => empty, scale) : text;
      model.batches.length = 0;
      const found = await denoiseOnce(denoiser, { x }, t);
      const [asked] = model.batches.map((queries) => queries.length);
      assertEquals(found, await denoiseOnce(expected, { x }, t), `scale ${scale} at ${t}`);
      assertEquals(asked, isWithin && scale !== 0 && scale !== 1 ? 2 : 1, `scale ${scale} at ${t}`);
    }
  }
});

Deno.test("each half is prepared once, and only what is needed", async () => {
  const needed: [number, string[]][] = [[1, ["text"]], [0, ["text", "empty"]], [7, ["text", "empty"]]];
  for (const [scale, expected] of needed) {
    const made: string[] = [];
    const halves = [() => (made.push("text"), text), () => (made.push("empty"), empty)] as const;
    await guidance(...halves, scale, "formula", [200, 800]);
    assertEquals(made, expected);
  }
});

Deno.test("a pipeline asks for the half without the text within the interval alone", async () => {
  const stage = new FakeStage();
  const options = { negative: texts(0), seed: 0, timesteps: [900, 600, 300, 0] };
  await sampleToEnd(textToImage(stage, texts(1), { ...options, guidanceInterval: [300, 700] }));
  assertEquals(stage.batches.map((queries) => queries.length), [1, 2, 2, 1]);
  assertEquals(stage.batches.map(([{ condition }]) => condition.inputs.text.data[0]), [1, 0, 0, 1]);
});

Deno.test("an interval is two timesteps, the smaller one first", async () => {
  const stage = new FakeStage();
  const wrong: unknown[] = [[800, 200], [0], [1, 2, 3], [-1, 5], [NaN, 5], [0, Infinity], ["0", 5]];
  for (const interval of wrong as GuidanceInterval[]) {
    const expected = "where two timesteps from 0, the smaller one first is expected";
    assertThrows(() => withinInterval(text, empty, interval), RangeError, expected);
    await assertRejects(
      () => guidance(() => text, () => empty, 7, "formula", interval),
      RangeError,
      expected,
    );
    const options = { negative: texts(0), seed: 0, guidanceInterval: interval };
    await assertRejects(
      () => sampleToEnd(textToImage(stage, texts(1), options)),
      RangeError,
      "guidanceInterval: ",
    );
  }
  const beyond = { negative: texts(0), seed: 0, guidanceInterval: [0, 1000] as const };
  await assertRejects(
    () => sampleToEnd(textToImage(stage, texts(1), beyond)),
    RangeError,
    "two timesteps from 0 to 999,",
  );
  assertEquals(stage.batches, []);
});
