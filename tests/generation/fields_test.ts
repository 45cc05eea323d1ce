/** Options as data: nobody's name is another's, and defaults are what is said. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { effects } from "../../lib/effects/mod.ts";
import { generationFields } from "../../lib/generation/mod.ts";
import { expectedNumber, isWithin, type OptionField } from "../../lib/option_field.ts";

Deno.test("options of effects have names of their own", () => {
  const taken = new Set(Object.keys(generationFields));
  for (const { name, fields } of effects.values()) {
    for (const key of [name, ...Object.keys(fields).filter((key) => key !== "prompt")]) {
      assert(!taken.has(key), key);
      taken.add(key);
    }
  }
});

Deno.test("an effect's example is within its fields", () => {
  for (const { name, fields, example, repeatable } of effects.values()) {
    assert(repeatable || example.parts.length === 1, name);
    for (const part of example.parts) {
      assertEquals(Object.keys(part), Object.keys(fields), name);
      for (const [key, field] of Object.entries<OptionField>(fields)) {
        if (field.kind === "choice") assert(field.choices.includes(String(part[key])), key);
      }
    }
  }
});

Deno.test("a range in a form is a part of the field's", () => {
  for (const [name, field] of Object.entries<OptionField>(generationFields)) {
    if (field.kind !== "whole" && field.kind !== "decimal") continue;
    const { min, max } = { ...field, ...field.form };
    assert(isWithin(min, field) || field.above, name);
    assert(isWithin(max, field), name);
  }
});

Deno.test("numbers are held to their range, and it is told", () => {
  const { steps, guidance, strength } = generationFields;
  const fits = (values: number[], field: typeof steps) => values.map((value) => isWithin(value, field));
  assertEquals(fits([0, 1, 1.5, 1e6, 1e6 + 1, NaN], steps), [false, true, false, true, false, false]);
  assertEquals(fits([-1, 0, 0.5, 1000, 1001], guidance), [false, true, true, true, false]);
  assertEquals(fits([0, 1e-9, 1, 1.1], strength), [false, true, true, false]);
  assertEquals([steps, guidance, strength].map(expectedNumber), [
    "a whole number from 1 to 1000000",
    "a number from 0 to 1000",
    "a number above 0 and at most 1",
  ]);
  assertStringIncludes(
    steps.usual!,
    "20; for text the model's own, else 100, with --image 80, with --mask 50",
  );
});
