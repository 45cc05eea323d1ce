/** Forms, defaults and what is said of parameters that cannot be. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  defaultParameters,
  fieldsOf,
  findSection,
  parseParameters,
  SectionError,
  sections,
} from "../../report/mod.ts";

Deno.test("every section has a form, words and defaults that it accepts", () => {
  const ids = sections.map(({ id }) => id);
  assertEquals(new Set(ids).size, ids.length);
  for (const section of sections) {
    assert(/^[a-z]+(-[a-z]+)*$/.test(section.id), section.id);
    assert(section.title && section.summary.endsWith(".") && section.blocks.length > 0, section.id);
    for (const field of fieldsOf(section)) {
      assert(field.label && field.help, `${section.id}: ${field.name} has no words`);
      assert(field.default !== undefined, `${section.id}: ${field.name} has no default`);
    }
    assertEquals(parseParameters(section, defaultParameters(section)), defaultParameters(section));
    defaultParameters(section, { quick: true });
    assertEquals(structuredClone(fieldsOf(section)), fieldsOf(section));
  }
});

Deno.test("a form knows types, bounds and controls", () => {
  const [image, timesteps] = fieldsOf(findSection("forward"));
  assertEquals([image.type, image.control, image.default], ["string", "image", "campanile"]);
  assertEquals([timesteps.type, timesteps.default, timesteps.min], ["list", [250, 500, 750], 1]);
  assertEquals(
    [timesteps.item?.type, timesteps.item?.control, timesteps.item?.min, timesteps.item?.max],
    ["integer", "timestep", 0, 999],
  );
});

Deno.test("wrong parameters are named, with the section and what is expected", () => {
  const section = findSection("forward");
  const message = (input: unknown) =>
    assertThrows(() => parseParameters(section, input), SectionError).message;
  assertEquals(message({ seed: -1 }), "forward: seed: -1 where a number of at least 0 is expected");
  assertEquals(message({ seed: 0.5 }), "forward: seed: 0.5 where a whole number is expected");
  assertEquals(message({ seed: "x" }), 'forward: seed: "x" where a number is expected');
  assertEquals(
    message({ timesteps: [1, 1000] }),
    "forward: timesteps[1]: 1000 where a number of at most 999 is expected",
  );
  assertEquals(message({ timesteps: [] }), "forward: timesteps: [] where a list of at least 1 is expected");
  assert(message({ steps: 3 }).startsWith("forward: steps: no such parameter where one of image, timesteps"));
  assertEquals(message(7), "forward: parameters: 7 where an object is expected");
  assertThrows(() => findSection("nothing"), RangeError, '"nothing" where one of');
});

Deno.test("parameters by a former name are read, and given by the present one", () => {
  const section = findSection("sampling");
  const parameters = parseParameters(section, { upscaler: "none" });
  assertEquals(parameters, parseParameters(section, { upscale: "none" }));
  assertEquals(parameters.upscale, "none");
  assertThrows(() => parseParameters(section, { upscaler: 1 }), SectionError, "upscale: 1 where");
});

Deno.test("parameters from before a training had a beginning are read as they were meant", () => {
  const timeUnet = findSection("time-unet");
  const beginning = (given: Record<string, unknown>) => {
    const { from, trainSteps } = parseParameters(timeUnet, given);
    return [from, trainSteps];
  };
  assertEquals(beginning({}), ["none", 100]);
  assertEquals(beginning({ trainSteps: 0, from: "scratch" }), ["none", 100]);
  assertEquals(beginning({ trainSteps: 7 }), ["scratch", 7]);
  assertEquals(beginning({ trainSteps: 7, from: "checkpoint" }), ["checkpoint", 7]);
  // The network of points has no other beginning than random weights.
  assertEquals(parseParameters(findSection("spiral"), { trainSteps: 7 }).trainSteps, 7);
});
