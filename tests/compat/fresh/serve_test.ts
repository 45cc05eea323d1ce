import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

const folder = new URL("app/", import.meta.url);
const root = new URL("../../../", import.meta.url);

/** Reads a process's output until a line matches. */
async function waitFor(stream: ReadableStream<Uint8Array>, pattern: RegExp): Promise<RegExpExecArray> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream.values({ preventCancel: true })) {
    text += decoder.decode(chunk, { stream: true });
    const found = pattern.exec(text);
    if (found) return found;
  }
  throw new Error(`Ended without ${pattern}: ${text}`);
}

Deno.test("a build on the disk is served by `deno serve` with narrow permissions", async () => {
  const out = new URL("_fresh/", folder);
  try {
    const build = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-read", `--allow-write=${out.pathname}`, "dev.ts", "build"],
      cwd: folder,
    }).output();
    assertEquals(build.code, 0, new TextDecoder().decode(build.stderr));
    await using server = new Deno.Command(Deno.execPath(), {
      args: [
        "serve",
        "--no-check",
        "--host=127.0.0.1",
        "--port=0",
        `--allow-read=${root.pathname}`,
        "_fresh/server.js",
      ],
      cwd: folder,
      stdout: "piped",
      stderr: "piped",
      env: { NO_COLOR: "1" },
    }).spawn();
    const [, address] = await waitFor(server.stderr, /Listening on (http:\/\/127\.0\.0\.1:\d+)/);
    const page = await (await fetch(address)).text();
    assertMatch(page, /<!--frsh:island:Counter:/);
    const script = /import \{ boot \} from "([^"]+)"/.exec(page)![1];
    const answer = await fetch(address + script);
    assertEquals(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
    assertStringIncludes(await answer.text(), "export");
    const pixel = await fetch(`${address}/pixel.png`);
    assertEquals((await pixel.bytes()).length, 8);
    assertEquals((await fetch(`${address}/items/a`)).status, 203);
    server.kill("SIGTERM");
    await server.status;
    await server.stdout.cancel();
    await server.stderr.cancel().catch(() => {});
  } finally {
    await Deno.remove(out, { recursive: true }).catch(() => {});
  }
});
