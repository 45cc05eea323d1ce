/** Errors about arguments: what they say and hold, and that no other error says the same in words alone. */
import { assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ArgumentError } from "../lib/argument_error.ts";
import { linearSchedule } from "../lib/diffusion/schedule.ts";
import { described, showValue } from "../lib/show_value.ts";
import { zeros } from "../lib/tensor.ts";

Deno.test("an ArgumentError holds what its message is made of", () => {
  const cause = new Error("why");
  const error = new ArgumentError("strength", 2, "a number from 0 to 1", { cause });
  assertEquals(error.message, "strength: 2 where a number from 0 to 1 is expected");
  assertEquals(error.reason, "2 where a number from 0 to 1 is expected");
  const { name, argument, found, expected, note, plural } = error;
  assertEquals({ name, argument, found, expected, note, plural, cause: error.cause }, {
    name: "ArgumentError",
    argument: "strength",
    found: "2",
    expected: "a number from 0 to 1",
    note: undefined,
    plural: false,
    cause,
  });
  assertEquals(error instanceof RangeError, true);
});

Deno.test("a note stands at the end, and a plural has its verb", () => {
  const error = new ArgumentError("steps", 200, "fewer", { note: "by the sampler ddim", plural: true });
  assertEquals(error.message, "steps: 200 where fewer are expected (by the sampler ddim)");
  assertEquals(error.reason, "200 where fewer are expected (by the sampler ddim)");
});

Deno.test("another name for the argument changes nothing else", () => {
  const error = new ArgumentError("numInferenceSteps", "many", "fewer", { note: "they are", plural: true });
  const renamed = error.renamed("steps");
  assertEquals(renamed.message, 'steps: "many" where fewer are expected (they are)');
  assertEquals([renamed.argument, renamed.found, renamed.cause], ["steps", '"many"', error]);
});

Deno.test("the library throws it", () => {
  const { argument, found, expected } = assertThrows(() => linearSchedule(0), ArgumentError);
  assertEquals({ argument, found, expected }, {
    argument: "length",
    found: "0",
    expected: "a whole number of at least 1",
  });
});

Deno.test("values stand in messages on one line of bounded length", () => {
  const itself: unknown[] = [];
  itself.push(itself);
  const cases: [unknown, string][] = [
    [0.5, "0.5"],
    [NaN, "NaN"],
    [2n ** 64n, "18446744073709551616"],
    [undefined, "undefined"],
    [null, "null"],
    ["a\nb", '"a\\nb"'],
    ["x".repeat(200), `"${"x".repeat(100)}…"`],
    [[1, 2], "[1,2]"],
    [[NaN, "a"], '[NaN,"a"]'],
    [Int32Array.of(1, 2), "[1,2]"],
    [zeros([2, 3]), "shape [2,3]"],
    [{ shape: [4] }, "shape [4]"],
    [{ a: Infinity, b: 1n }, '{"a":"Infinity","b":"1"}'],
    [Array(1e6).fill(0), `[${"0,".repeat(50).slice(0, 99)}…`],
    [itself, "[a list of lists]"],
    [() => 1, "a function"],
    [described("3 labels"), "3 labels"],
  ];
  for (const [value, shown] of cases) assertEquals(showValue(value), shown);
});

const root = fileURLToPath(new URL("../", import.meta.url));

async function* sources(path: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(root, path))) {
    if (isDirectory) yield* sources(`${path}/${name}`);
    else if (/\.tsx?$/.test(name)) yield `${path}/${name}`;
  }
}

/** What a plain error says about an argument: `name: value where something is expected`, in words alone. */
const inWords =
  /new (?:Range|Type|Usage)Error\(\s*(?:"[\w.]+: [^"]*|`[^`]*?: (?:\$\{[^`]*?\}|[^`])*?)\bwhere\b[^;]*?\bexpected\b/g;

Deno.test("the pattern of an error in words finds one", () => {
  for (
    const text of [
      "throw new RangeError(`size: ${size} where a number from 1 is expected`);",
      "throw new RangeError(\n  `size: ${JSON.stringify(size)} where ${what} are expected` +\n    why,\n);",
      'throw new UsageError("size: none where one is expected");',
      'return new TypeError("size: none where one is expected", { cause });',
    ]
  ) assertEquals(text.match(inWords)?.length, 1, text);
  assertEquals('throw new RangeError("no frame");'.match(inWords), null);
  assertEquals('throw new ArgumentError("size", size, "what is expected where it is");'.match(inWords), null);
});

Deno.test("what is expected of an argument is said by an ArgumentError alone", async () => {
  const found: string[] = [];
  for (const room of ["lib", "recipes", "report", "server", "cli", "routes", "islands", "components"]) {
    for await (const file of sources(room)) {
      const text = await Deno.readTextFile(join(root, file));
      for (const [words] of text.matchAll(inWords)) found.push(`${file}: ${words.replace(/\s+/g, " ")}`);
    }
  }
  assertEquals(found, []);
});
