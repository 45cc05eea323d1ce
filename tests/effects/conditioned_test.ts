import { assertEquals, assertStrictEquals } from "@std/assert";
import { conditioned } from "../../lib/effects/conditioned.ts";
import { full } from "../../lib/tensor.ts";
import { FakeModel } from "../diffusion/fake_model.ts";

Deno.test("a conditioned network is asked once and taken at its word", () => {
  const input = { x: full([1, 2], 0) };
  const condition = { inputs: { value: full([1], 3) } };
  const model = new FakeModel(() => ({ noise: input.x }));
  const denoiser = conditioned(model, condition);
  const { queries, answer } = denoiser(input, 5);
  assertEquals(queries, [{ model, input, t: 5, condition }]);
  const prediction = { noise: input.x };
  assertStrictEquals(answer([prediction]), prediction);
});
