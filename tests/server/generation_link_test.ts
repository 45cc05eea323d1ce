import { assertEquals, assertThrows } from "@std/assert";
import { ArgumentError } from "../../lib/errors.ts";
import { type GenerationOptions, storedGeneration } from "../../lib/generation/mod.ts";
import { parseParameters, sections } from "../../report/mod.ts";
import { generationPlace } from "../../server/generation_link.ts";

const rocket: GenerationOptions = {
  of: "text",
  prompts: ["a cat", "a rocket"],
  negative: "",
  model: "emoji-I",
  weights: "0".repeat(16),
  sampler: "ddim",
  steps: 12,
  guidance: 3,
  seed: 40,
  count: 2,
  scale: 1,
  image: null,
  strength: null,
  mask: null,
  upscale: { model: "emoji-II", weights: "1".repeat(16), steps: 8 },
};

/** The place of a picture of a generation, whose parameters its section takes. */
function placed(options: GenerationOptions, picture?: number) {
  const place = generationPlace(JSON.stringify(storedGeneration(options, picture)));
  const section = sections.find(({ id }) => id === place.section)!;
  return { ...place, all: parseParameters(section, place.parameters) };
}

Deno.test("a picture of a generation is found in its section with its own prompt and seed", () => {
  const { section, all } = placed(rocket, 4);
  assertEquals(section, "sampling");
  const { prompts, stepCounts, seed, sampler, guidance, upscale, upscaleSteps } = all;
  assertEquals([prompts, stepCounts, seed], [["a rocket"], [12], 41]);
  assertEquals([sampler, guidance, upscale, upscaleSteps], ["ddim", 3, "emoji-II", 8]);
  const seeds = placed({ ...rocket, seeds: [7, 9], upscale: null }, 2).all;
  assertEquals([seeds.prompts, seeds.seed, seeds.upscale], [["a cat"], 9, "none"]);
});

Deno.test("effects and digits are found in the sections that are about them", () => {
  const anagram = placed({
    ...rocket,
    effect: { name: "anagram", parts: [{ view: "jigsaw", prompt: "a dog" }] },
  }, 1);
  assertEquals(anagram.section, "anagrams");
  assertEquals(anagram.all.pairs, [{ upright: "a cat", turned: "a dog" }]);
  assertEquals(anagram.all.view, "jigsaw");
  const hybrid = placed({ ...rocket, effect: { name: "hybrid", parts: [{ prompt: "a dog" }] } }, 1);
  assertEquals([hybrid.section, hybrid.all.pairs], ["hybrids", [{ near: "a cat", far: "a dog" }]]);
  const digits = { ...rocket, of: "digits", prompts: ["07"], model: "mnist-class", upscale: null } as const;
  assertEquals([placed(digits).section, placed(digits).all.rows], ["class-unet", 2]);
  const free = placed({ ...digits, prompts: [], count: 25, model: "mnist-time" });
  assertEquals([free.section, free.all.rows], ["time-unet", 3]);
});

Deno.test("what no section makes from options alone is refused, and so is a damaged text", () => {
  const image = { path: "cat.png", digest: "0".repeat(16) };
  for (const other of [{ image, strength: 0.5 }, { timesteps: [900, 300] }]) {
    assertThrows(() => placed({ ...rocket, ...other }), ArgumentError, "generation: ");
  }
  assertThrows(() => generationPlace("{"), ArgumentError, "the options stored in an image");
});
