/** The server as a process of its own: killed, and asked by many at once. */
import { assert, assertEquals, assertLess } from "@std/assert";
import { join } from "node:path";
import { parseEvents, until } from "./gallery.ts";

const root = new URL("../../", import.meta.url);

interface Server extends AsyncDisposable {
  readonly address: string;
  readonly process: Deno.ChildProcess;
}

async function serve(data: string): Promise<Server> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--allow-read",
      "--allow-write",
      "--allow-net=127.0.0.1",
      `--allow-run=${Deno.execPath()}`,
      "tests/server/serve_program.ts",
      data,
    ],
    cwd: root,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) throw new Error("The server did not start.");
    text += value;
  }
  await reader.cancel();
  return {
    address: text.trim(),
    process,
    async [Symbol.asyncDispose]() {
      try {
        process.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await process.status;
    },
  };
}

const start = (address: string, parameters: Record<string, unknown>) =>
  fetch(`${address}/api/jobs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ section: "squares", parameters }),
  });

const events = async (address: string, id: string) =>
  parseEvents(await (await fetch(`${address}/api/jobs/${id}/events`)).text());

Deno.test("a server killed in a job: what was finished is there, nothing is broken, its worker ends with it", async () => {
  const data = await Deno.makeTempDir();
  try {
    let key: string;
    {
      await using server = await serve(data);
      const finished = await (await start(server.address, { seed: 1 })).json();
      key = finished.key;
      assertEquals((await events(server.address, finished.id)).at(-1)!.event.type, "done");
      const running = await (await start(server.address, { seed: 2, steps: 1000, wait: 20 })).json();
      const watched = await fetch(`${server.address}/api/jobs/${running.id}/events`);
      const reader = watched.body!.getReader();
      await reader.read();
      server.process.kill("SIGKILL");
      await server.process.status;
      await reader.cancel().catch(() => {});
    }
    await using server = await serve(data);
    const again = await (await start(server.address, { seed: 1 })).json();
    assertEquals([again.cached, again.key], [true, key]);
    const picture = await (await fetch(`${server.address}/api/results/${key}/files/square.png`)).bytes();
    assert(picture.length > 50);
    assertEquals((await Array.fromAsync(Deno.readDir(join(data, "results")))).map(({ name }) => name), [key]);
    assertEquals(await Array.fromAsync(Deno.readDir(join(data, "staging"))), []);
    const third = await (await start(server.address, { seed: 2 })).json();
    assertEquals((await events(server.address, third.id)).at(-1)!.event.type, "done");
  } finally {
    await Deno.remove(data, { recursive: true }).catch(() => {});
  }
});

Deno.test("200 readers and 20 jobs at once: every page answered, each job run once or refused with a time", async () => {
  const data = await Deno.makeTempDir();
  try {
    await using server = await serve(data);
    const { address } = server;
    const pages = ["/", "/sections/squares", "/about", "/models", "/history"];
    const readers = Array.from({ length: 200 }, async (_, i) => {
      const response = await fetch(address + pages[i % pages.length]);
      await response.text();
      return response.status;
    });
    const jobs = Array.from({ length: 20 }, async (_, seed) => {
      const response = await start(address, { seed, steps: 5, wait: 10 });
      const answer = await response.json();
      if (response.status === 429) {
        assert(Number(response.headers.get("retry-after")) >= 1);
        return "refused";
      }
      assertEquals(response.status, 202);
      const all = await events(address, answer.id);
      assertEquals(all.filter(({ event }) => event.type === "figure").length, 1);
      return all.at(-1)!.event.type;
    });
    assertEquals(new Set(await Promise.all(readers)), new Set([200]));
    const outcomes = await Promise.all(jobs);
    const [done, refused] = ["done", "refused"].map((outcome) =>
      outcomes.filter((o) => o === outcome).length
    );
    // One runs and sixteen wait; some may have ended before the last was asked for.
    assertEquals(done + refused, 20);
    assert(done >= 17 && refused <= 3, JSON.stringify(outcomes));
    const metrics = await (await fetch(`${address}/metrics`)).text();
    const number = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(metrics)![1]);
    assertEquals(number('gallery_jobs_ended_total\\{how="done"\\}'), done);
    assertEquals(number("gallery_results"), done);
    assertLess(number("gallery_memory_bytes"), 700e6);
    await until(async () => (await (await fetch(`${address}/health`)).json()).running === 0, "all is quiet");
  } finally {
    await Deno.remove(data, { recursive: true }).catch(() => {});
  }
});
