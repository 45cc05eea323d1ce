/** The examples in the documentation run with the tests, or say why they do not. */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* sources(path);
    else if (name.endsWith(".ts")) yield path;
  }
}

Deno.test("an example that is not run says why", async () => {
  const silent: string[] = [];
  for await (const path of sources(fileURLToPath(new URL("../lib", import.meta.url)))) {
    const text = await Deno.readTextFile(path);
    for (const [, first] of text.matchAll(/```ts ignore\n(.*)\n/g)) {
      if (!first.includes("// Not run by the tests: ")) silent.push(`${path}: ${first.trim()}`);
    }
  }
  assertEquals(silent, []);
});
