/** What a form asks for, beside what a result shows. */
import { assert, assertEquals } from "@std/assert";
import { differencesOf, ofFigure, requestedFigure } from "../../components/lab/differences.ts";
import { parametersOf, placeOf } from "../../components/lab/cells.ts";
import { firstFocus } from "../../components/lab/focus.ts";
import { turnOf, viewsOf } from "../../components/lab/views.ts";
import { tools } from "../../components/tools.ts";
import { defaultParameters, fieldsOf, findSection, parseParameters, sections } from "../../report/mod.ts";
import type { ReportRecord } from "../../report/record.ts";

const record: ReportRecord = JSON.parse(
  await Deno.readTextFile(new URL("../../static/report/report.json", import.meta.url)),
);

/** A section's form, and what the report's figures were made by. */
function formOf(id: string) {
  const section = findSection(id);
  return {
    form: {
      fields: fieldsOf(section),
      start: parseParameters(section, section.start ?? {}),
      answers: section.answers,
    },
    shown: record.sections.find((one) => one.id === id)!.parameters,
  };
}

/** The names of what a form asks for beyond the report. */
function missing(id: string, changes: Record<string, unknown> = {}, figure?: string): string[] {
  const { form, shown } = formOf(id);
  return differencesOf(form, { ...form.start, ...changes } as never, shown, figure).map(({ field }) =>
    field.name
  );
}

Deno.test("what a form begins with is in the report, but for what takes too long", () => {
  const others = sections.filter(({ id }) => missing(id).length > 0).map(({ id }) => id);
  // The report trains nothing: what a form trains is there once it has run.
  assertEquals(others, ["samplers", "denoiser", "time-unet", "class-unet"]);
  for (const id of ["denoiser", "time-unet", "class-unet"]) assert(missing(id).includes("from"), id);
  // Without a training, how it would go is not missing.
  assertEquals(missing("class-unet", { from: "none", trainSteps: 7, batch: 3 }), ["steps"]);
  assertEquals(missing("samplers"), ["reference"]);
});

Deno.test("what is changed is missing; fewer pictures of the same are not", () => {
  assertEquals(missing("sampling", { prompts: ["a rocket"], seed: 1 }), ["prompts", "seed"]);
  assertEquals(missing("sampling", { prompts: ["a man wearing a hat"], stepCounts: [50, 10] }), []);
  assertEquals(missing("from-noise", { count: 2 }), []);
  assertEquals(missing("from-noise", { count: 6 }), ["count"]);
  assertEquals(missing("inpainting", { scenes: [{ image: "cat", mask: "mask-latte" }] }), ["scenes"]);
  // Parts of one picture are no pictures of their own.
  assertEquals(missing("factors", { motion: ["an oil painting of a crown", "an oil painting of a cat"] }), [
    "motion",
  ]);
  const { form, shown } = formOf("samplers");
  assertEquals(differencesOf(form, form.start, shown).map(({ untouched }) => untouched), [true]);
  assertEquals(
    differencesOf(form, { ...form.start, seed: 3 }, shown).map((
      { field, untouched },
    ) => [field.name, untouched]),
    [["reference", true], ["seed", false]],
  );
});

Deno.test("a figure is answerable for its own parameters and those of all", () => {
  assertEquals(missing("guidance", { scaled: "a tent" }, "scales"), ["scaled"]);
  assertEquals(missing("guidance", { scaled: "a tent" }, "samples"), []);
  assertEquals(missing("guidance", { prompt: "a tent", seed: 3 }, "scales"), ["seed"]);
  const { form } = formOf("guidance");
  assertEquals(Object.keys(ofFigure(form.answers, form.start, "scales")).slice(0, 3), [
    "scaled",
    "scales",
    "stride",
  ]);
});

Deno.test("the figure that answers what was changed is looked at", () => {
  const { form } = formOf("guidance");
  const figure = (changes: Record<string, string>) => requestedFigure(form, { ...form.start, ...changes });
  assertEquals(figure({}), "scales");
  assertEquals(figure({ scaled: "a tent" }), "scales");
  assertEquals(figure({ prompt: "a tent" }), "samples");
  assertEquals(figure({ prompt: "a tent", scaled: "a tent" }), "scales");
  const sampling = formOf("sampling").form;
  assertEquals(requestedFigure(sampling, sampling.start), undefined);
});

Deno.test("sections whose figures answer different parameters name figures and parameters that there are", () => {
  const some = sections.filter(({ answers }) => answers);
  assert(some.length >= 4);
  for (const { id, answers } of some) {
    const { form } = formOf(id);
    const figures = record.sections.find((one) => one.id === id)!.figures.map(({ name }) => name);
    for (const [figure, names] of Object.entries(answers!)) {
      assert(figures.includes(figure), `${id}: ${figure}`);
      for (const name of names) assert(form.fields.some((field) => field.name === name), `${id}: ${name}`);
    }
  }
});

Deno.test("the picture of the report that a form asks for is found on its sheet", () => {
  const { form, shown } = formOf("sampling");
  const figures = record.sections.find(({ id }) => id === "sampling")!.figures;
  const focus = (prompts: string[], stepCounts: number[]) => {
    const first = firstFocus(figures.map((figure) => ({ figure })))!;
    const place = placeOf({ ...form.start, prompts, stepCounts }, shown, figures[first.figure].cells);
    const { figure, cell } = firstFocus(figures.map((figure) => ({ figure })), place)!;
    const { row, column } = figures[figure].cells[cell];
    return [figures[figure].name, row, column];
  };
  assertEquals(focus(["a rocket ship"], [20]), ["stage-2", 2, 1]);
  assertEquals(focus(["a man wearing a hat"], [10, 50]), ["stage-2", 1, 0]);
  assertEquals(focus(["a cat"], [33]), ["stage-2", 0, 1]);
  // A list that the sheet's rows do not stand for names no row.
  assertEquals(placeOf({ prompts: ["b"] }, { prompts: ["a", "b"] }, [{ row: 0, column: 0 }]), {
    row: undefined,
    column: undefined,
  });
});

Deno.test("a picture alone has the parameters of its row and its column", () => {
  const all = { ...defaultParameters(findSection("sampling")) };
  const { prompts, stepCounts, seed } = parametersOf(all, { row: 1, column: 2 }, [{ row: 0, column: 0 }, {
    row: 2,
    column: 2,
  }]);
  assertEquals([prompts, stepCounts, seed], [["a man wearing a hat"], [50], 180]);
  // What others are compared with stands above them, and has no sampler of the list.
  const shown = formOf("samplers").shown;
  const { cells } = record.sections.find(({ id }) => id === "samplers")!.figures[0];
  assertEquals(parametersOf(shown, { row: 1, column: 0 }, cells).samplers, ["ddpm"]);
  assertEquals(parametersOf(shown, { row: 0, column: 0 }, cells).samplers, shown.samplers);
  assertEquals(placeOf({ samplers: ["deis"], evaluations: [10] }, shown, cells), { row: 3, column: 1 });
});

Deno.test("the ways to see one picture are those of its row that one sampling led to", () => {
  const figure = (id: string, name: string) =>
    record.sections.find((one) => one.id === id)!.figures.find((one) => one.name === name)!;
  assertEquals(viewsOf(figure("anagrams", "stage-2"), 3), [2, 3]);
  assertEquals(viewsOf(figure("views", "views"), 2), [2, 3]);
  assertEquals(viewsOf(figure("sampling", "stage-2"), 4), [4]);
  assertEquals(viewsOf(figure("inpainting", "inpainted"), 0), [0]);
  assertEquals([turnOf("flip"), turnOf("rotate-180"), turnOf("jigsaw")], ["flip", "half", undefined]);
});

Deno.test("a result is looked at as it was drawn; of what was not sampled the outcome", () => {
  const first = (id: string) => {
    const { figures } = record.sections.find((one) => one.id === id)!;
    const { figure, cell } = firstFocus(figures.map((figure) => ({ figure })))!;
    const { row, column } = figures[figure].cells[cell];
    return [figures[figure].name, row, column];
  };
  assertEquals(first("views"), ["views", 0, 0]);
  assertEquals(first("factors"), ["bands", 0, 0]);
  assertEquals(first("one-step"), ["one-step", 2, 1]);
  assertEquals(first("classical"), ["blurred", 1, 1]);
  assertEquals(first("denoiser")[0], "levels");
});

Deno.test("the playground has every section, in the report's order, each under a word of its own", () => {
  assertEquals(tools.map(({ section }) => section), sections.map(({ id }) => id));
  assertEquals(new Set(tools.map(({ label }) => label)).size, tools.length);
  for (const { label } of tools) assert(label.length <= 22, label);
});
