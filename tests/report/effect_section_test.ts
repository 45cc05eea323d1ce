/** Sections that are made of effects' registrations. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Effect, effects } from "../../lib/effects/mod.ts";
import { scale } from "../../lib/tensor.ts";
import { effectSection } from "../../report/effect_section.ts";
import { defaultParameters, fieldsOf, parseParameters, SectionError, sections } from "../../report/mod.ts";
import { gaussianContext } from "./gaussian_context.ts";
import { eventsOf, figuresOf } from "./run_section.ts";

Deno.test("every effect is the subject of one section", () => {
  for (const name of effects.keys()) {
    const about = sections.filter(({ id, effect }) => effect === name || id === name);
    assertEquals(about.length, 1, name);
  }
});

for (const effect of effects.values()) {
  Deno.test(`${effect.name}: a section of its registration shows its example, by both stages`, async () => {
    const section = effectSection(effect);
    const { prompt, parts } = defaultParameters(section);
    assertEquals({ prompt, parts }, effect.example as unknown);
    const parameters = defaultParameters(section, { quick: true });
    const figures = figuresOf(await eventsOf(section, parameters, gaussianContext({ upscaled: true })));
    assertEquals([...figures.keys()], ["stage-1", "stage-2"]);
    const perspectives = effect.perspectives(effect.example.parts, { pixels: 16 });
    assertEquals(figures.get("stage-1")!.columns, ["as it is", ...perspectives.map(({ label }) => label)]);
    assertEquals(figures.get("stage-1")!.cells.length, 1 + perspectives.length);
  });
}

/** An effect with a number, and a rule for the images: the rule keeps them black, which every pixel shows. */
const dark: Effect<"dark", { readonly prompt: string; readonly amount: number }> = {
  name: "dark",
  title: "Darkness",
  summary: "It is dark.",
  fields: {
    prompt: { kind: "prompt", help: "what is in the dark" },
    amount: { kind: "decimal", min: 0, max: 1, help: "how dark it is" },
  },
  example: { prompt: "a cat", parts: [{ prompt: "a bat", amount: 0.5 }] },
  compose: (own) => ({ denoiser: own, constrain: { end: (x) => scale(x, 0) } }),
  perspectives: ([{ amount }]) => [{ label: `darker by ${amount}`, apply: (x) => scale(x, amount) }],
};

Deno.test("a section takes an effect's numbers within their range, and its rule for the images", async () => {
  const section = effectSection(dark as unknown as Effect);
  const { fields } = fieldsOf(section).find(({ name }) => name === "parts")!.item!;
  assertEquals(fields!.map(({ name, label, max }) => [name, label, max]), [
    ["prompt", "Prompt", 400],
    ["amount", "Amount", 1],
  ]);
  assertThrows(
    () => parseParameters(section, { parts: [{ amount: 2 }] }),
    SectionError,
    "dark: parts[0].amount: 2 where a number of at most 1 is expected",
  );
  const parameters = { ...defaultParameters(section, { quick: true }), upscale: "none" };
  const figures = figuresOf(await eventsOf(section, parameters, gaussianContext()));
  const { columns, media } = figures.get("stage-1")!;
  assertEquals(columns, ["as it is", "darker by 0.5"]);
  assert(media.bytes.length < 2000, `${media.bytes.length} bytes of images that are of one colour`);
});
