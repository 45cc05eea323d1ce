import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { decodeImage } from "../lib/image.ts";
import { temporaryFolder, writePipeline } from "./models/checkpoints.ts";
import { SIZE, writeTextToImage } from "./models/text_to_image_folder.ts";

const readme = await Deno.readTextFile(new URL("../README.md", import.meta.url));

const entries: Record<string, string> = {
  "@denoise/denoise": new URL("../lib/mod.ts", import.meta.url).href,
  "@denoise/denoise/onnx": new URL("../lib/onnx/mod.ts", import.meta.url).href,
};

/** The example with a line in it. */
function example(line: string): string {
  const found = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code)
    .filter((code) => code.includes(line));
  assertEquals(found.length, 1, `examples with ${line}`);
  return found[0];
}

/** Runs an example as a module of its own, and gives the lines that it prints. */
async function run(code: string, folder: string): Promise<string[]> {
  const path = join(folder, `example-${crypto.randomUUID()}.ts`);
  const imports = code.replace(/ from "(.+)";$/gm, (_, name) => ` from "${entries[name] ?? name}";`);
  await Deno.writeTextFile(path, imports);
  const lines: string[] = [];
  const { log } = console;
  console.log = (...values) => lines.push(values.join(" "));
  try {
    await import(pathToFileURL(path).href);
  } finally {
    console.log = log;
  }
  return lines;
}

Deno.test("the README's quick start is two commands", () => {
  for (const command of ['npx -y deno@2.9 task sample "a rocket ship"', "npx -y deno@2.9 task test"]) {
    assertStringIncludes(readme, `\n${command}\n`);
  }
});

Deno.test("the README's drawing example draws", async () => {
  await using folder = await temporaryFolder();
  const [model, picture] = [join(folder.path, "model"), join(folder.path, "digits.png")];
  await writePipeline(model, 10);
  const code = example("sampleDigits(model")
    .replace('"models/mnist-class"', JSON.stringify(model))
    .replace('"digits.png"', JSON.stringify(picture));
  await run(code, folder.path);
  // Two rows of two digits, two pixels apart.
  assertEquals((await decodeImage(await Deno.readFile(picture), { channels: 1 })).shape, [1, 58, 58]);
});

Deno.test("the README's effects are drawn, in about ten lines each", async () => {
  await using folder = await temporaryFolder();
  const model = await writeTextToImage(join(folder.path, "model"), "I");
  const examples = { anagram: 1, hybrid: 1, rocket: 1, clown: 1, between: 5 };
  for (const [name, count] of Object.entries(examples)) {
    const code = example(`"${name}.png"`);
    assertLess(code.split("\n").filter((line) => line.trim() && !line.startsWith("import")).length, 14);
    const picture = join(folder.path, `${name}.png`);
    // Few steps, of a tiny network.
    const short = code.replace('"MODEL"', JSON.stringify(model)).replace(
      `"${name}.png"`,
      JSON.stringify(picture),
    )
      .replace(/numInferenceSteps: \d+/, "numInferenceSteps: 3")
      .replace(/(imageToImage|inpaint)\((.*), \{ /, "$1($2, { numInferenceSteps: 3, ");
    await run(short, folder.path);
    const columns = Math.ceil(Math.sqrt(count));
    const [, height, width] = (await decodeImage(await Deno.readFile(picture))).shape;
    const side = (n: number) => n * SIZE + 2 * (n - 1);
    assertEquals([width, height], [side(columns), side(Math.ceil(count / columns))], name);
  }
});

Deno.test("the README's training example learns, in about thirty lines", async () => {
  await using folder = await temporaryFolder();
  const code = example("new onnx.Graph(");
  assertLess(code.split("\n").filter((line) => line.trim() && !line.startsWith("//")).length, 40);
  const lines = await run(code, folder.path);
  assertEquals(lines.length, 6);
  for (const line of lines) assertMatch(line, /^step \d+: loss \d\.\d+, accuracy [01](\.\d+)?$/);
  assertGreater(Number(lines.at(-1)!.split(" ").at(-1)), 0.98);
});

Deno.test("the README names tasks that exist, and no file that does not", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("../deno.json", import.meta.url)));
  for (const [, task] of readme.matchAll(/deno task (\w[\w:]*)/g)) assert(task in tasks, task);
  for (const [, path] of readme.matchAll(/`((?:lib|recipes|report|tests|cli|bench|compat)\/[\w/.]*)`/g)) {
    await Deno.stat(new URL(`../${path}`, import.meta.url));
  }
});
