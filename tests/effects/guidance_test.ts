import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { denoiseOnce } from "../../lib/diffusion/sample.ts";
import { conditioned } from "../../lib/effects/conditioned.ts";
import { guidance, guidanceHalves, type GuidanceRule } from "../../lib/effects/guidance.ts";
import { guided } from "../../lib/effects/guided.ts";
import { Generator } from "../../lib/random.ts";
import { showValue } from "../../lib/show_value.ts";
import { full, map } from "../../lib/tensor.ts";
import { FakeModel } from "../diffusion/fake_model.ts";

const x = new Generator(1).randn([1, 3, 4, 4]);
const model = new FakeModel(({ input, condition }) => {
  const [value] = condition.inputs.value.data;
  return { noise: map(input.x, (one) => Math.tanh(one + value)), variance: full(input.x.shape, value) };
});
const [text, empty] = [1, 0].map((value) => conditioned(model, { inputs: { value: full([1], value) } }));

Deno.test("guidance is the formula at every scale, to the last bit, and spares what 0 and 1 do not need", async () => {
  for (const scale of [-2, 0, 0.25, 0.5, 1, 1.5, 7, 30]) {
    const made: string[] = [];
    const denoiser = await guidance(
      () => (made.push("text"), Promise.resolve(text)),
      () => (made.push("empty"), empty),
      scale,
    );
    assertEquals(made, scale === 0 ? ["empty"] : scale === 1 ? ["text"] : ["text", "empty"]);
    const found = await denoiseOnce(denoiser, { x }, 500);
    assertEquals(found, await denoiseOnce(guided(text, empty, scale), { x }, 500));
  }
});

Deno.test("diffusers' rule takes the text as it is at 1 and below", async () => {
  for (const scale of [-2, 0, 0.5, 1]) {
    assertStrictEquals(await guidance(() => text, () => empty, scale, "diffusers"), text);
    assertEquals(guidanceHalves(scale, "diffusers"), { text: true, empty: false });
  }
  const above = await guidance(() => text, () => empty, 1.01, "diffusers");
  assertEquals(
    await denoiseOnce(above, { x }, 5),
    await denoiseOnce(guided(text, empty, 1.01), { x }, 5),
  );
});

Deno.test("guidance scales have bounds, and rules names", async () => {
  for (const scale of [NaN, Infinity, -Infinity, "7" as unknown as number, undefined as unknown as number]) {
    const message = `scale: ${showValue(scale)} where a finite number is expected`;
    assertThrows(() => guided(text, empty, scale), RangeError, message);
    await assertRejects(() => guidance(() => text, () => empty, scale), RangeError, message);
  }
  for (const scale of [1e308, 1001, -1000.5]) {
    const message = `scale: ${scale} where a number from -1000 to 1000 is expected`;
    assertThrows(() => guided(text, empty, scale), RangeError, message);
    await assertRejects(() => guidance(() => text, () => empty, scale), RangeError, message);
  }
  const rule = "imagen" as GuidanceRule;
  await assertRejects(
    () => guidance(() => text, () => empty, 7, rule),
    RangeError,
    'guidanceRule: "imagen" where formula or diffusers is expected',
  );
});
