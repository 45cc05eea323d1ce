import { assertEquals, assertLessOrEqual, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { decodeImage } from "../lib/image.ts";
import { codeBlocks, programWith, readPage, runProgram, shortened } from "./docs/markdown.ts";
import { temporaryFolder, writePipeline } from "./models/checkpoints.ts";
import { SIZE, writeTextToImage } from "./models/text_to_image_folder.ts";

const readme = await readPage("README.md");

Deno.test("the README is short, and its quick start is two commands", () => {
  assertLessOrEqual(readme.split("\n").length, 150);
  assertEquals(codeBlocks(readme, "sh").slice(0, 2), [
    'npx -y deno@2.9 task sample "a rocket ship"\n',
    "npx -y deno@2.9 task test\n",
  ]);
  assertStringIncludes(readme, "](models/emoji-II/samples.png)");
});

Deno.test("the README's digits are sampled", async () => {
  await using folder = await temporaryFolder();
  const model = join(folder.path, "model");
  await writePipeline(model, 10);
  // The program writes its preview until step 20.
  const code = programWith(readme, "sampleDigits(model").replace("index === 19", "index === 2");
  await runProgram(shortened(code, model, folder.path), folder.path);
  const { shape } = await decodeImage(await Deno.readFile(join(folder.path, "digits.png")), { channels: 1 });
  // Two rows of two digits, two pixels apart.
  assertEquals(shape, [1, 58, 58]);
});

Deno.test("the README's anagram is sampled", async () => {
  await using folder = await temporaryFolder();
  const model = await writeTextToImage(join(folder.path, "model"), "I");
  await runProgram(shortened(programWith(readme, "denoise.anagram("), model, folder.path), folder.path);
  const { shape } = await decodeImage(await Deno.readFile(join(folder.path, "anagram.png")));
  assertEquals(shape, [3, SIZE, SIZE]);
});
