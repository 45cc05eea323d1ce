import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { join } from "../../lib/diffusion/plan.ts";
import type { Denoiser, Prediction } from "../../lib/diffusion/types.ts";
import { conditioned } from "../../lib/effects/conditioned.ts";
import { guided } from "../../lib/effects/guided.ts";
import { full, tensor } from "../../lib/tensor.ts";
import { FakeModel } from "../diffusion/fake_model.ts";

const input = { x: full([1, 2], 0) };
const model = new FakeModel(() => ({ noise: input.x }));
const [text, empty] = [1, 0].map((value) => conditioned(model, { inputs: { value: full([1], value) } }));
const prediction = (noise: number[], variance: number): Prediction => ({
  noise: tensor(Float32Array.from(noise), [1, 2]),
  variance: full([1, 2], variance),
});
const answers = [prediction([1, 2], 0.25), prediction([2, 0], 0.75)];

Deno.test("guidance follows the formula at every scale", () => {
  const at = (scale: number) => [...guided(text, empty, scale)(input, 5).answer(answers).noise.data];
  assertEquals(at(0), [1, 2]);
  assertEquals(at(0.5), [1.5, 1]);
  assertEquals(at(1), [2, 0]);
  assertEquals(at(7), [8, -12]);
  assertEquals(at(-1), [0, 4]);
});

Deno.test("guidance takes the text's variance", () => {
  assertStrictEquals(guided(text, empty, 7)(input, 5).answer(answers).variance, answers[1].variance);
});

Deno.test("guidance asks without the text first, and with what it was given", () => {
  const { queries } = guided(text, empty, 7)(input, 5);
  assertEquals(queries.map(({ condition }) => condition.inputs.value.data[0]), [0, 1]);
  for (const query of queries) {
    assertStrictEquals(query.input, input);
    assertStrictEquals(query.model, model);
    assertEquals(query.t, 5);
  }
});

Deno.test("guidance may be composed of denoisers with several questions", () => {
  const last: Denoiser = (input, t) => join([text(input, t), text(input, t)], ([, second]) => second);
  const { queries, answer } = guided(guided(text, empty, 2), last, 3)(input, 5);
  assertEquals(queries.length, 4);
  const values = [
    prediction([9, 9], 0),
    prediction([1, 1], 0),
    prediction([2, 2], 0),
    prediction([3, 3], 0.5),
  ];
  const { noise, variance } = answer(values);
  assertEquals([...noise.data], [10, 10]); // 1 + 3 (4 - 1), where 4 = 2 + 2 (3 - 2)
  assertStrictEquals(variance, values[3].variance);
});

Deno.test("a guidance scale is a finite number", () => {
  assertThrows(() => guided(text, empty, NaN), RangeError, "scale: NaN where");
});
