/** `deno task gallery` with the settings that are documented: what is refused, and with what permissions it serves. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The command of the task after the build, with its permissions, in words. */
async function launcher(): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  const command = (tasks.gallery as string).split(" && ").at(-1)!;
  return command.replace(/\$\(deno eval '[^']*'\)/, Deno.execPath()).split(" ").slice(1);
}

type Variables = Record<string, string>;

async function spawn(args: readonly string[], env: Variables): Promise<Deno.ChildProcess> {
  return new Deno.Command(Deno.execPath(), {
    args: [...await launcher(), ...args],
    cwd: root,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** What the task says when it must not start: one line. */
async function refused(args: readonly string[], env: Variables = {}): Promise<string> {
  await using child = await spawn(args, env);
  const { code, stdout, stderr } = await child.output();
  const text = new TextDecoder().decode(stderr);
  assertMatch(text, /^error: [^\n]+\n$/, `${args} ${JSON.stringify(env)}`);
  assertEquals([code, stdout.length], [1, 0]);
  return text.slice("error: ".length, -1);
}

Deno.test("what would let everybody in without a word is refused", async () => {
  assertStringIncludes(await refused(["--token", ""]), 'token: ""');
  assertStringIncludes(await refused([], { GALLERY_TOKEN: "" }), 'GALLERY_TOKEN: ""');
  for (const host of ["0.0.0.0", "::", "[::]", "10.0.0.1"]) {
    const line = await refused(["--host", host]);
    assertMatch(line, /^host: ".*", where others can reach it.*--token.*--no-token/);
  }
  assertStringIncludes(await refused(["--no-token"], { GALLERY_TOKEN: "a" }), "GALLERY_NO_TOKEN");
});

Deno.test("hosts, models and data that cannot be are named in one line", async () => {
  await build();
  for (
    const host of ["nosuch.invalid", "192.0.2.1", "a b", "http://localhost", "127.0.0.1:80", "256.1.1.1", ""]
  ) {
    const line = await refused(["--host", host, "--token", "a"]);
    assertStringIncludes(line, `host: ${JSON.stringify(host)} where`);
    assertEquals(line.includes("--allow"), false, line);
  }
  const folder = await Deno.makeTempDir();
  try {
    for (const model of [join(folder, "nothing"), folder, "nothing", "", "a,b"]) {
      assertStringIncludes(await refused(["--model", model]), `model: ${JSON.stringify(model)}`);
    }
    assertStringIncludes(
      await refused([], { GALLERY_MODELS: `mnist-time,${folder}` }),
      JSON.stringify(folder),
    );
    assertStringIncludes(await refused(["--model", "mnist-classifier"]), "a model that generates images");
    const file = join(folder, "file");
    await Deno.writeTextFile(file, "");
    assertStringIncludes(await refused([], { GALLERY_DATA: file }), `GALLERY_DATA: ${JSON.stringify(file)}`);
    assertStringIncludes(await refused([], { GALLERY_DATA: join(folder, "a,b") }), "GALLERY_DATA: ");
    assertStringIncludes(await refused([], { GALLERY_DEVICE: "gpu" }), 'GALLERY_DEVICE: "gpu"');
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("GALLERY_DATA is written to wherever it is, by one server, which ends with its launcher", async () => {
  await build();
  const folder = await Deno.makeTempDir();
  try {
    for (const args of [[], ["--host", "localhost"], ["--host", "0.0.0.0", "--no-token"]]) {
      const env = { GALLERY_DATA: join(folder, "some", "where") };
      await using child = await spawn(["--port", "0", ...args], env);
      const port = await portOf(child.stdout);
      const address = `http://127.0.0.1:${port}`;
      const picture = await Deno.readFile(join(root, "report", "images", "cat.png"));
      const sent = await fetch(`${address}/api/uploads`, {
        method: "POST",
        headers: { "content-type": "image/png" },
        body: picture,
      });
      assertEquals(sent.status, 201);
      await sent.body?.cancel();
      assertEquals((await Array.fromAsync(Deno.readDir(join(env.GALLERY_DATA, "uploads")))).length, 1);
      assertStringIncludes(await refused(["--port", "0"], env), "another server");
      // Not asked to end: the server hears of it all the same, and lets go of its folder.
      child.kill("SIGKILL");
      await child.status;
      await closed(port);
      await child.stderr.cancel();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** As the task does first. */
async function build(): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "gallery:build", "--if-needed"],
    cwd: root,
  }).output();
  assert(success, new TextDecoder().decode(stderr));
}

async function portOf(output: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<number> {
  const reader = output.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    const found = /:(\d+)\/\n/.exec(text += value ?? "")?.[1];
    if (found || done) await reader.cancel();
    if (found) return Number(found);
    if (done) throw new Error(`The gallery did not start: ${text}`);
  }
}

async function closed(port: number): Promise<void> {
  for (let i = 0; i < 400; i++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`Something still listens on ${port}.`);
}
