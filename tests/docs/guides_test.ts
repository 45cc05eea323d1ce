/** The programs in the guides run. */
import { assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import { join } from "node:path";
import { decodeImage } from "../../lib/image.ts";
import { temporaryFolder } from "../models/checkpoints.ts";
import { SIZE, writeTextToImage } from "../models/text_to_image_folder.ts";
import { programWith, readPage, runProgram, shortened } from "./markdown.ts";

/** The images that the programs of a guide write, and how many pictures are on each. */
const images: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "docs/text-to-image.md": { rockets: 4, rocket: 1, clown: 1 },
  "docs/effects.md": { anagram: 1, hybrid: 1, between: 5 },
};

for (const [path, programs] of Object.entries(images)) {
  Deno.test(`${path}: each program writes its image, in about ten lines`, async () => {
    await using folder = await temporaryFolder();
    const page = await readPage(path);
    const model = await writeTextToImage(join(folder.path, "model"), "I");
    for (const [name, count] of Object.entries(programs)) {
      const code = programWith(page, `"${name}.png"`);
      assertLess(code.split("\n").filter((line) => line.trim() && !line.startsWith("import")).length, 14);
      await runProgram(shortened(code, model, folder.path), folder.path);
      const columns = Math.ceil(Math.sqrt(count));
      const file = await Deno.readFile(join(folder.path, `${name}.png`));
      const [, height, width] = (await decodeImage(file)).shape;
      const side = (n: number) => n * SIZE + 2 * (n - 1);
      assertEquals([width, height], [side(columns), side(Math.ceil(count / columns))], name);
    }
  });
}

Deno.test("docs/train-your-own.md: the network from scratch learns, in about thirty lines", async () => {
  await using folder = await temporaryFolder();
  const code = programWith(await readPage("docs/train-your-own.md"), "new onnx.Graph(");
  assertLess(code.split("\n").filter((line) => line.trim() && !line.startsWith("//")).length, 40);
  const lines = await runProgram(code, folder.path);
  assertEquals(lines.length, 6);
  for (const line of lines) assertMatch(line, /^step \d+: loss \d\.\d+, accuracy [01](\.\d+)?$/);
  assertGreater(Number(lines.at(-1)!.split(" ").at(-1)), 0.98);
});
