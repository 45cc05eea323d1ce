import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Config } from "../../lib/checkpoints/config.ts";
import { CheckpointError } from "../../lib/checkpoints/error.ts";

const config = new Config("a.json", {
  whole: 3,
  number: 0.5,
  list: [1, 2],
  flag: false,
  text: "linear",
  nothing: null,
});

function refused(read: () => unknown, message: string): void {
  const error = assertThrows(read, CheckpointError);
  assertEquals(error.message, `a.json: ${message}`);
}

Deno.test("values are read by their types", () => {
  assertEquals(config.whole("whole", { min: 3, max: 3 }), 3);
  assertEquals(config.number("number"), 0.5);
  assertEquals(config.numbers("list"), [1, 2]);
  assertEquals(config.boolean("flag"), false);
  assertEquals(config.text("text"), "linear");
  assertEquals(config.choice("text", ["linear", "cosine"]), "linear");
});

Deno.test("what is absent or null has the fallback", () => {
  assertEquals(config.whole("nothing", {}, 7), 7);
  assertEquals(config.boolean("absent", true), true);
  assertEquals(config.whole("whole", {}, 7), 3);
  assertEquals([config.has("whole"), config.has("nothing"), config.has("toString")], [true, false, false]);
});

Deno.test("what does not fit is refused with its key, its value and what is expected", () => {
  refused(() => config.whole("number"), '"number" is 0.5 where a whole number is expected');
  refused(
    () => config.whole("whole", { min: 4 }),
    '"whole" is 3 where a whole number of at least 4 is expected',
  );
  refused(
    () => config.number("number", { min: 1, max: 2 }),
    '"number" is 0.5 where a number from 1 to 2 is expected',
  );
  refused(() => config.number("text"), '"text" is "linear" where a number is expected');
  refused(() => config.numbers("text"), '"text" is "linear" where a list of numbers is expected');
  refused(() => config.boolean("nothing"), '"nothing" is null where true or false is expected');
  refused(() => config.text("absent"), '"absent" is missing where a text is expected');
  refused(() => config.text("constructor"), '"constructor" is missing where a text is expected');
  refused(
    () => config.choice("text", ["a", "b"]),
    '"text" is "linear" where one of a, b is expected',
  );
  refused(() => config.choice("whole", [28]), '"whole" is 3 where 28 is expected');
});

Deno.test("files that hold no JSON object are refused in one line", async () => {
  const path = await Deno.makeTempFile();
  try {
    for (const text of ["[1]", "null", '{\n"a": \n', "", "\u0000"]) {
      await Deno.writeTextFile(path, text);
      const { message } = await assertRejects(() => Config.read(path), CheckpointError, path);
      assertEquals(message.includes("\n"), false);
    }
    await Deno.writeTextFile(path, '{"a": 1}');
    assertEquals((await Config.read(path)).whole("a"), 1);
    await assertRejects(() => Config.read(`${path}.none`), CheckpointError, "does not exist");
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("files may have the numbers that Python writes and JSON does not know", async () => {
  const path = await Deno.makeTempFile();
  try {
    const text =
      '{"a": -Infinity, "b":[NaN,Infinity], "c": "NaN, -Infinity \\" NaN", "d": -0.5e-3, "e": -0.00}';
    await Deno.writeTextFile(path, text);
    const read = await Config.read(path);
    assertEquals(read.values, {
      a: -Infinity,
      b: [NaN, Infinity],
      c: 'NaN, -Infinity " NaN',
      d: -0.5e-3,
      e: -0,
    });
    const error = assertThrows(() => read.number("a"), CheckpointError);
    assertEquals(error.message, `${path}: "a" is -Infinity where a number is expected`);
    for (const wrong of ["1Infinity", "-NaN", "+Infinity", "Infinity5", "{Infinity: 1}", "infinity", "NaN"]) {
      await Deno.writeTextFile(path, wrong === "NaN" ? wrong : `{"a": ${wrong}}`);
      await assertRejects(() => Config.read(path), CheckpointError, path);
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("what git or a server leaves in the place of a file is named", async () => {
  const path = await Deno.makeTempFile();
  try {
    const cases = {
      "version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 12\n": "a Git LFS pointer",
      "<!doctype html><html></html>": "an HTML page",
    };
    for (const [text, what] of Object.entries(cases)) {
      await Deno.writeTextFile(path, text);
      await assertRejects(() => Config.read(path), CheckpointError, `${path}: ${what}`);
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("null is false where Python takes it so, and absent is the fallback", () => {
  assertEquals([config.boolean("nothing", true), config.boolean("absent", true)], [false, true]);
});
