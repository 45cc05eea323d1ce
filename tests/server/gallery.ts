/** A gallery with the sections of the tests, and its API without pages. */
import { App } from "fresh";
import { fileURLToPath } from "node:url";
import { addApi } from "../../server/api/mod.ts";
import { type Gallery, openGallery } from "../../server/gallery.ts";
import { readSettings, type SettingName } from "../../server/settings.ts";
import type { State } from "../../server/state.ts";
import type { JobEvent, JobStatus } from "../../server/wire.ts";
import type { WorkerCommand } from "../../server/worker/worker_process.ts";
import { testSections } from "./sections.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** How the tests' workers are started. */
export const testCommand: WorkerCommand = {
  program: Deno.execPath(),
  args: [
    "run",
    "--no-check",
    "--no-prompt",
    "--v8-flags=--max-old-space-size=200",
    `--allow-read=${root}`,
    `--allow-ffi=${root}node_modules`,
    "--allow-env=IMAGESCRIPT_WASM_SIMD",
    fileURLToPath(new URL("./worker.ts", import.meta.url)),
  ],
  env: {},
  cwd: root,
};

/** A gallery that is closed and removed with its folder. */
export interface TestGallery extends AsyncDisposable {
  readonly gallery: Gallery;
  readonly data: string;
  /** Asks the API. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** Starts a job; the answer must be that it was. */
  start(parameters?: Record<string, unknown>): Promise<JobStatus>;
  /** All events of a job, to its end. */
  events(id: string, after?: number): Promise<{ id: number; event: JobEvent }[]>;
}

/** Opens a gallery in a folder of its own, or in one that is there. */
export async function openTestGallery(
  settings: Partial<Record<SettingName, string>> = {},
  data?: string,
): Promise<TestGallery> {
  const folder = data ?? await Deno.makeTempDir({ prefix: "gallery-" });
  const values: Partial<Record<SettingName, string>> = {
    GALLERY_JOBS_PER_MINUTE: "10000",
    GALLERY_DATA: folder,
    ...settings,
  };
  const gallery = await openGallery(readSettings((name) => values[name]), {
    sections: testSections,
    command: testCommand,
  });
  const app = new App<State>().use((ctx) => {
    ctx.state.gallery = gallery;
    return ctx.next();
  });
  addApi(app);
  const handler = app.handler();
  const ask = (path: string, init?: RequestInit) => handler(new Request(`http://localhost${path}`, init));
  return {
    gallery,
    data: folder,
    ask,
    async start(parameters = {}) {
      const response = await ask("/api/jobs", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ section: "squares", parameters }),
      });
      if (!response.ok) throw new Error(await response.text());
      return await response.json();
    },
    async events(id, after = 0) {
      const response = await ask(`/api/jobs/${id}/events`, { headers: { "last-event-id": String(after) } });
      return parseEvents(await response.text());
    },
    async [Symbol.asyncDispose]() {
      await gallery[Symbol.asyncDispose]();
      if (data === undefined) await Deno.remove(folder, { recursive: true }).catch(() => {});
    },
  };
}

/** Events as a browser reads them. */
export function parseEvents(text: string): { id: number; event: JobEvent }[] {
  return text.split("\n\n").filter((block) => /^id: /m.test(block)).map((block) => ({
    id: Number(/^id: (\d+)$/m.exec(block)![1]),
    event: JSON.parse(/^data: (.*)$/m.exec(block)![1]),
  }));
}

/** Waits until something is so. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`Never so: ${what}`);
}
