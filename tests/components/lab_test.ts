/** The parts of a lab that need no browser: words, names, axes, places. */
import { assert, assertEquals } from "@std/assert";
import { isPathIn } from "../../components/lab/fault.ts";
import { fileName } from "../../components/lab/file_name.ts";
import { isIdle, partsOf } from "../../components/lab/main_fields.ts";
import { stripPart } from "../../components/lab/pictures.ts";
import { styleOf, withStyle, withThing } from "../../components/lab/prompt_words.ts";
import { firstFocus } from "../../components/lab/focus.ts";
import { promptIn, withPrompt } from "../../components/lab/first_prompt.ts";
import { wordOf } from "../../components/lab/labels.ts";
import { titleOf } from "../../components/lab/made_from.tsx";
import { settingText, summaryOf } from "../../components/lab/summary.ts";
import { linearTicks, logTicks } from "../../recipes/ticks.ts";
import { variationOf } from "../../components/lab/variations.ts";
import { liveTraining } from "../../report/training/live_fields.ts";
import type { Cell } from "../../report/section.ts";
import type { WireFigure } from "../../server/wire.ts";
import { defaultParameters, fieldsOf, findSection, parseParameters, sections } from "../../report/mod.ts";

Deno.test("a result is told from others of its section by what was asked for", () => {
  const parameters = (changes: Record<string, unknown>) =>
    parseParameters(findSection("sampling"), { prompts: ["a cat"], stepCounts: [20], ...changes });
  assertEquals(summaryOf(parameters({})), "“a cat”, 20 steps, guidance 2.5, DDPM, seed 180");
  const others = [{}, { prompts: ["a dog"] }, { stepCounts: [10] }, { seed: 1 }, { prompts: ["a cat", ""] }];
  assertEquals(new Set(others.map((changes) => summaryOf(parameters(changes)))).size, others.length);
  const parts = [{ prompt: "a frog", view: "flip" }, { prompt: "a bat", view: "negate" }];
  assertEquals(summaryOf({ prompt: "a cat", parts }), "“a cat”, “a frog” flip, “a bat” negate");
  for (const section of sections) {
    if (fieldsOf(section).some(({ name }) => name === "seed")) {
      assert(summaryOf(defaultParameters(section)), section.id);
    }
  }
});

Deno.test("a fault lies in a field or in a part of it, not in another whose name begins so", () => {
  for (const path of ["edits", "edits[0]", "edits[0].prompt"]) assert(isPathIn(path, "edits"), path);
  assert(isPathIn("edits[0].prompt", "edits[0]"));
  for (const other of ["start", "starts[1]", "edit"]) {
    assertEquals(isPathIn("starts[0]", other), false, other);
  }
});

Deno.test("files are called by what is in them", () => {
  assertEquals(fileName(["a Rocket ship, 20 steps"], { seed: 3 }), "a-rocket-ship-20-steps-seed-3");
  assertEquals(fileName(["σ = 0.5", ""], {}), "σ-0-5");
  assertEquals(fileName(["../…"], {}), "picture");
  assert(fileName(["a ".repeat(200)], {}).length <= 80);
});

Deno.test("a prompt is put together from styles and things", () => {
  const known = { styles: ["a photo of", "an oil painting of"] };
  assertEquals(styleOf("An oil painting of a dog", known), "an oil painting of");
  assertEquals(withThing("an oil painting of a dog", "a cat", known), "an oil painting of a cat");
  assertEquals(withThing("some dog", "a cat", known), "a cat");
  assertEquals(withStyle("a dog", "a photo of", known), "a photo of a dog");
  assertEquals(withStyle("an oil painting of a dog", "a photo of", known), "a photo of a dog");
  assertEquals(withStyle("a photo of a dog", "a photo of", known), "a dog");
});

Deno.test("axes have round numbers", () => {
  assertEquals(linearTicks(1, 200, 5), [50, 100, 150, 200]);
  assertEquals(linearTicks(0.011, 0.052, 5), [0.02, 0.03, 0.04, 0.05]);
  assertEquals(linearTicks(3, 3, 5), [3]);
  assertEquals(logTicks(0.04, 1.2), [0.05, 0.1, 0.2, 0.5, 1]);
  assertEquals(logTicks(1e-5, 2), [0.00001, 0.0001, 0.001, 0.01, 0.1, 1]);
});

Deno.test("the pictures of a strip lie where the strip has them", () => {
  const picture = { src: "", width: 3 * 32 + 2 * 2, height: 32 };
  assertEquals(stripPart(picture, 3, 2), { picture, x: 68, y: 0, width: 32, height: 32 });
  const broad = { src: "", width: 298, height: 118 };
  assertEquals(stripPart(broad, 1, 0), { picture: broad, x: 0, y: 0, width: 298, height: 118 });
});

Deno.test("prompts and pictures stand in front, each field once", () => {
  const names = (id: string) => {
    const section = findSection(id);
    const fields = fieldsOf(section);
    const parts = partsOf(fields, parseParameters(section, section.start ?? {}));
    const all = [...parts.prompts, ...parts.inputs, ...parts.advanced];
    assertEquals(all.length, fields.length);
    return [parts.prompts, parts.inputs].map((part) => part.map(({ name }) => name));
  };
  assertEquals(names("sampling"), [["prompts"], []]);
  assertEquals(names("anagrams"), [["pairs"], []]);
  assertEquals(names("text-image-to-image"), [[], ["edits"]]);
  assertEquals(names("image-to-image"), [["prompt"], ["images"]]);
  assertEquals(names("views"), [["upright", "turned"], []]);
  assertEquals(names("time-unet"), [[], ["from", "trainSteps", "data"]]);
});

Deno.test("where nothing is trained, a form does not ask how", () => {
  const asked = (from: string) =>
    Object.keys(liveTraining()).filter((name) => !isIdle({ name }, { ...defaultParameters(unet), from }));
  const unet = findSection("class-unet");
  assertEquals(asked("none"), ["from"]);
  for (const from of ["checkpoint", "scratch"]) assertEquals(asked(from), Object.keys(liveTraining()));
  // What a section has of the same name without a choice is always asked for.
  assertEquals(isIdle({ name: "trainSteps" }, defaultParameters(findSection("spiral"))), false);
});

Deno.test("a prompt goes along to the first that another form has", () => {
  const after = (id: string) => withPrompt(defaultParameters(findSection(id)), "a red apple");
  assertEquals(after("trajectory").prompt, "a red apple");
  assertEquals((after("sampling").prompts as string[])[0], "a red apple");
  // Guidance is about its scales: the row of samples keeps its own.
  assertEquals(after("guidance").scaled, "a red apple");
  assertEquals(after("guidance").prompt, defaultParameters(findSection("guidance")).prompt);
  for (const { id } of sections) {
    const values = defaultParameters(findSection(id));
    assertEquals(promptIn(after(id)), promptIn(values) === undefined ? undefined : "a red apple", id);
  }
});

Deno.test("a picture is called by what was sampled where its row's label is a symbol", () => {
  const at = (row: number, column: number) => ({ row, column });
  const figure = {
    ...{ rows: ["x_t", "x̂_0"], columns: ["step 5", "step 40"] },
    cells: [at(0, 0), at(0, 1), at(1, 0), at(1, 1)],
  } as unknown as WireFigure;
  const cell = (row: number, column: number, slot?: string) =>
    ({ row, column, origin: slot && { slots: [slot], index: 0 } }) as unknown as Cell;
  assertEquals(titleOf(figure, cell(0, 1, "a red apple")), ["a red apple", "step 40"]);
  assertEquals(titleOf(figure, cell(1, 1)), ["x̂_0", "step 40"]);
  assertEquals(titleOf({ ...figure, rows: ["cat"] }, cell(0, 0, "a fox")), ["cat", "step 5"]);
  assertEquals(titleOf({ ...figure, rows: [] }, cell(0, 0, "a fox")), ["step 5", ""]);
  // A reference that stands alone in the first column is not of that column.
  const reference = { ...figure, rows: ["1000 steps", "DDIM"], cells: figure.cells.toSpliced(1, 1) };
  assertEquals(titleOf(reference, cell(0, 0)), ["1000 steps", ""]);
  assertEquals(titleOf(reference, cell(1, 0)), ["DDIM", "step 5"]);
});

Deno.test("what is not done is said in words", () => {
  assertEquals(settingText({ name: "from", label: "Train from" }, "none"), "not trained");
  assertEquals(settingText({ name: "upscale", label: "Upscaled by" }, "none"), "not upscaled");
  assertEquals(settingText({ name: "from", label: "Train from" }, "scratch"), "train from random weights");
  assertEquals([wordOf("none", "from"), wordOf("none", "upscale")], ["no training", "none"]);
});

Deno.test("the picture that says most is a sampled one, of the largest", () => {
  const cell = (row: number, column: number, width: number, sampled = true) => ({
    ...{ row, column, x: 0, y: 0, width, height: width, label: "" },
    ...(sampled && { origin: { slots: ["a"], index: column } }),
  });
  const figure = (...cells: ReturnType<typeof cell>[]) => ({
    src: "",
    figure: {
      ...{ name: "", file: "", type: "image/png" as const, width: 0, height: 0, caption: "", alt: "" },
      ...{ rows: [], columns: [], cells },
    },
  });
  const small = figure(cell(0, 0, 32), cell(0, 1, 32));
  const large = figure(cell(0, 0, 128, false), cell(0, 1, 128), cell(0, 2, 128), cell(0, 3, 128));
  assertEquals(firstFocus([figure(), small, large]), { figure: 2, cell: 2 });
  assertEquals(firstFocus([small, small]), { figure: 0, cell: 0 });
  assertEquals(firstFocus([figure()]), undefined);
});

Deno.test("a variation is one picture alone, of other noise", () => {
  const parameters = { prompts: ["a", "b"], stepCounts: [5, 10, 20], seed: 180, steps: 3 };
  const cell = { row: 1, column: 2, x: 0, y: 0, width: 1, height: 1, label: "" };
  const { seed, ...varied } = variationOf(parameters, cell, [cell])!();
  assertEquals(varied, { prompts: ["b"], stepCounts: [20], steps: 3 });
  assert(Number.isInteger(seed));
  assertEquals(variationOf({ prompts: [] }, cell, [cell]), undefined);
});
