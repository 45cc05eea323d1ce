/** What a newcomer's first call meets: what Deno is told not to print, and that `.ci/run` begins as a newcomer does. */
import { assert, assertEquals, assertGreater } from "@std/assert";

const read = (path: string) => Deno.readTextFile(new URL(`../${path}`, import.meta.url));
const { tasks, allowScripts } = JSON.parse(await read("deno.json"));

Deno.test("no package's build script runs, and none is asked about", async () => {
  const { npm } = JSON.parse(await read("deno.lock"));
  const withScripts = Object.entries<{ scripts?: true }>(npm).filter(([, { scripts }]) => scripts)
    .map(([name]) => `npm:${name.slice(0, name.lastIndexOf("@"))}`);
  assertEquals(allowScripts, { allow: [], deny: [...new Set(withScripts)] });
});

Deno.test("tasks print what they have to say, and not what Deno fetches", () => {
  for (const [name, command] of Object.entries<string>(tasks)) {
    if (name === "gallery:dev") continue; // there Deno tells what it watches
    for (const [call] of command.matchAll(/deno run .*?(?=&&|$)/g)) {
      assert(call.startsWith("deno run --quiet "), `${name}: ${call}`);
    }
  }
});

Deno.test(".ci/run begins with the README's two commands, before anything is installed", async () => {
  const lines = (await read(".ci/run")).split("\n").filter((line) => !/^\s*#/.test(line));
  const first = (part: string) => lines.findIndex((line) => line.includes(part));
  const [sample, test, install] = [
    'npx -y deno@2.9 task sample "a rocket ship"',
    "npx -y deno@2.9 task test",
    "deno install",
  ].map(first);
  for (const line of [sample, test]) assertGreater(line, -1);
  assertGreater(install, Math.max(sample, test));
  for (const variable of ["HOME=", "DENO_DIR=", "npm_config_cache="]) assertGreater(first(variable), -1);
});
