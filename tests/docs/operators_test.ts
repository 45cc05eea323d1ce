/** The table of operators names all there are, and where each was tried. */
import { assertEquals } from "@std/assert";
import * as native from "../../bundle/denoise.ts";
import { computeOperators } from "../browser/operators.ts";
import { readPage } from "./markdown.ts";

/** The rows of the tables of operators: for each name where it was tried. */
async function listed(): Promise<Record<string, string>> {
  const text = await readPage("docs/operators.md");
  const rows = [...text.matchAll(/^\| ((?:`\w+`(?:, )?)+) *\|.*\| *([^|]+?) *\|$/gm)]
    .filter(([, , where]) => where.startsWith("CPU"));
  return Object.fromEntries(
    rows.flatMap(([, names, where]) => [...names.matchAll(/\w+/g)].map(([name]) => [name, where])),
  );
}

Deno.test("docs/operators.md lists every operator, and no other", async () => {
  const functions = Object.entries(native.operators).filter(([, value]) => typeof value === "function");
  assertEquals(Object.keys(await listed()).sort(), functions.map(([name]) => name).sort());
});

Deno.test("docs/operators.md says of an operator that it was tried in Chromium where a test does", async () => {
  const tried = Object.keys(await computeOperators(native));
  const said = Object.entries(await listed()).filter(([, where]) => where === "CPU, Chromium");
  assertEquals(said.map(([name]) => name).sort(), tried.sort());
});
