import { assert, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { ArgumentError } from "../../lib/argument_error.ts";
import { assertPixels, assertScale } from "../../cli/sample/assert_memory.ts";
import { type Field, fieldsOf, parseParameters, SectionError, sections } from "../../report/mod.ts";
import { refuse } from "./task.ts";

/** What no option takes. */
const wrong = ["1e308", "NaN", "-1", "0", "Infinity", "99999999999999999999"];

/** The tasks' options that are numbers above 0, but for the guidance scale. */
const options: Readonly<Record<string, readonly string[]>> = {
  "train mnist-class": [
    "epochs",
    "batch",
    "microbatches",
    "shares",
    "learning-rate",
    "width",
    "size",
    "max-steps",
    "threads",
  ],
  "evaluate mnist-class": ["steps", "count", "threads"],
  "release runs/none": ["epoch", "average", "threads"],
  "data emoji": ["sizes"],
  "models encode x --model emoji-I --out x": ["threads"],
  "sample 7": ["steps", "count", "scale", "height", "width", "strength", "jumps", "upscale-steps", "threads"],
  "report sampling": ["threads"],
};

for (const [task, names] of Object.entries(options)) {
  Deno.test(`${task}: numbers out of their bounds are refused with one line`, async () => {
    const [name, ...args] = task.split(" ");
    const cases = names.flatMap((option, n) => {
      // Each option with some of the values, each value with some of the options: a process takes a while.
      return wrong.filter((_, m) => (n + m) % 3 === 0).map((value) => [option, value]);
    });
    for (const [option, value] of cases) {
      const line = await refuse(name, ...args, `--${option}=${value}`);
      assertMatch(line, new RegExp(`^${option}: .* expected$`), `${option} ${value}`);
      // As it was written, or as the number that it is.
      assert(line.includes(value) || line.includes(String(Number(value))), line);
    }
  });
}

Deno.test("seeds are whole numbers that are held exactly", async () => {
  for (const [task, ...args] of [["train", "mnist-class"], ["evaluate", "mnist-class"], ["sample", "7"]]) {
    for (const value of ["1e308", "0.5", "9007199254740992"]) {
      const line = await refuse(task, ...args, `--seed=${value}`);
      assertStringIncludes(line, `seed: "${value}" where an integer`);
    }
  }
});

Deno.test("every number of every section of the report has bounds on both sides", () => {
  const numbers = (
    field: Field,
    path: (value: unknown) => unknown,
  ): [Field, (value: unknown) => unknown][] => {
    if (field.type === "list") return numbers(field.item!, (value) => path([value]));
    if (field.type === "group") {
      return field.fields!.flatMap((inner) => numbers(inner, (value) => path({ [inner.name]: value })));
    }
    return field.type === "integer" || field.type === "number" ? [[field, path]] : [];
  };
  let count = 0;
  for (const section of sections) {
    for (const top of fieldsOf(section)) {
      for (const [, path] of numbers(top, (value) => value)) {
        for (const value of [1e308, -1e308, NaN, Infinity, -Infinity, 2 ** 53]) {
          const error = assertThrows(
            () => parseParameters(section, { [top.name]: path(value) }),
            SectionError,
            "expected",
          );
          assertStringIncludes(error.message, top.name);
          count++;
        }
      }
    }
  }
  assert(count > 100);
});

Deno.test("pictures that no memory holds are refused by what is too large", () => {
  assertPixels([64, 64], 1, 1000);
  assertThrows(
    () => assertPixels([4096, 4096], 1, 2),
    ArgumentError,
    "count: 2 where at most 1 of 4096 x 4096",
  );
  assertThrows(
    () => assertPixels([64, 4096], 1000, 1),
    ArgumentError,
    "width: 4096 where images of at most",
  );
  assertScale(256, 32);
  assertScale(16384, 1);
  assertThrows(() => assertScale(1024, 32), ArgumentError, "scale: 32 where at most 8 of images");
});
