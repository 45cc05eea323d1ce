/** A gallery with a queue in Redis, served over HTTP, and workers as processes of their own. */
import { App } from "fresh";
import { fileURLToPath } from "node:url";
import { addApi } from "../../server/api/mod.ts";
import { type Gallery, openGallery } from "../../server/gallery.ts";
import { readSettings } from "../../server/settings.ts";
import type { State } from "../../server/state.ts";
import { testCommand } from "../server/gallery.ts";
import { testSections } from "../server/sections.ts";

/** The fleet's token in tests. */
export const TOKEN = "a token of the tests";

/** A gallery that is served. */
export interface ServedGallery extends AsyncDisposable {
  readonly gallery: Gallery;
  readonly address: string;
}

/** Opens and serves one. */
export async function serveGallery(queue: string, store?: string): Promise<ServedGallery> {
  await using opened = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "gallery-" });
  opened.defer(() => Deno.remove(folder, { recursive: true }));
  const values: Record<string, string> = {
    GALLERY_DATA: folder,
    GALLERY_QUEUE: queue,
    GALLERY_FLEET_TOKEN: TOKEN,
    ...(store !== undefined && { GALLERY_STORE: store }),
    GALLERY_WAITING: "1000",
    GALLERY_JOBS_PER_MINUTE: "10000",
  };
  const gallery = opened.use(
    await openGallery(readSettings((name) => values[name]), { sections: testSections, command: testCommand }),
  );
  const app = new App<State>().use((ctx) => {
    ctx.state.gallery = gallery;
    return ctx.next();
  });
  addApi(app);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.handler());
  opened.defer(() => server.shutdown());
  const closing = opened.move();
  return {
    gallery,
    address: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** A worker in a process of its own. */
export interface WorkerProgram extends AsyncDisposable {
  /** Ends it as a machine does that loses its power. */
  kill(): Promise<void>;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
}

/** Starts a worker, and waits until it has joined. */
export async function startWorker(redis: string, gallery: string): Promise<WorkerProgram> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...[
        "run",
        "--quiet",
        "--no-check",
        "--no-prompt",
        "--allow-read",
        "--allow-env",
        "--allow-net=127.0.0.1",
      ],
      "--allow-run",
      fileURLToPath(new URL("./worker_program.ts", import.meta.url)),
      redis,
      gallery,
      TOKEN,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  if (done) throw new Error("The worker did not start");
  reader.releaseLock();
  const end = async (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch {
      // It has ended already.
    }
    await child.status;
  };
  return {
    kill: () => end("SIGKILL"),
    async stop() {
      await child.stdin.close();
      await child.status;
    },
    async [Symbol.asyncDispose]() {
      await end("SIGKILL");
      await child.stdin.abort().catch(() => {});
      await child.stdout.cancel();
    },
  };
}
