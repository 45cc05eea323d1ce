import { assertEquals, assertThrows } from "@std/assert";
import { stackConditions } from "../../lib/effects/stack_conditions.ts";
import { full, tensor } from "../../lib/tensor.ts";

const under = (value: number) => ({ inputs: { label: full([1, 2], value) } });

Deno.test("conditions are stacked in their order", () => {
  const { label } = stackConditions([under(3), under(1), under(2)]).inputs;
  assertEquals(label, tensor(Float32Array.of(3, 3, 1, 1, 2, 2), [3, 2]));
  assertEquals(stackConditions([{ inputs: {} }, { inputs: {} }]), { inputs: {} });
});

Deno.test("conditions of different models, or none, are refused", () => {
  assertThrows(() => stackConditions([]), RangeError, "conditions");
  assertThrows(() => stackConditions([under(1), { inputs: {} }]), RangeError, "label");
  assertThrows(() => stackConditions([{ inputs: {} }, under(1)]), RangeError, "conditions");
});
