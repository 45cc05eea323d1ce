/** `deno task worker`: what is missing or cannot be is said at the start, in one line. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What the task says when it must not start: one line. */
async function refused(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${root}deno.json`));
  const command = (tasks.worker as string).replace(/\$\(deno eval '[^']*'\)/, Deno.execPath());
  const folder = await Deno.makeTempDir();
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...command.split(" ").slice(1), ...args],
      cwd: root,
      env: { GALLERY_DATA: folder, ...env },
      stdin: "null",
    }).output();
    const text = new TextDecoder().decode(stderr);
    assertMatch(text, /^error: [^\n]+\n$/, `${args} ${JSON.stringify(env)}`);
    assertEquals([code, stdout.length], [1, 0]);
    return text.slice("error: ".length, -1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const queue = ["--queue", "redis://127.0.0.1:9"];
const token = { GALLERY_FLEET_TOKEN: "a" };

Deno.test("a worker names the option that is missing or cannot be", async () => {
  assertStringIncludes(await refused([]), "queue: none");
  assertStringIncludes(await refused(["--queue", "16"]), 'queue: "16" where redis://HOST');
  assertStringIncludes(await refused(queue), "GALLERY_FLEET_TOKEN: none");
  assertStringIncludes(await refused(queue, token), "gallery: none where");
  for (const gallery of ["host", "ftp://host", "http://host/path"]) {
    const line = await refused([...queue, "--gallery", gallery], token);
    assertStringIncludes(line, `gallery: ${JSON.stringify(gallery)} where`);
  }
  assertStringIncludes(
    await refused([...queue, "--jobs", "0"]),
    'jobs: "0" where a whole number from 1 to 64',
  );
  assertStringIncludes(await refused([...queue, "--store", "s3://a/b"]), 'store: "s3://a/b" where');
  assertStringIncludes(await refused([...queue, "--store", "s3://a"]), "AWS_ACCESS_KEY_ID: none where");
  assertStringIncludes(await refused([...queue, "--model", "nothing", "--store", "x"]), 'model: "nothing"');
});

Deno.test("a worker whose gallery or queue does not answer ends", async () => {
  const gallery = await refused([...queue, "--gallery", "http://127.0.0.1:65000"], token);
  assertStringIncludes(
    gallery,
    'gallery: "http://127.0.0.1:65000" where the address of a gallery that answers',
  );
  const folder = await Deno.makeTempDir();
  const line = await refused(["--queue", "redis://:secret@127.0.0.1:9", "--store", folder]);
  assertStringIncludes(line, 'queue: "redis://127.0.0.1:9" where the address of a Redis 7');
  assertEquals(line.includes("secret"), false);
  await Deno.remove(folder, { recursive: true });
});
