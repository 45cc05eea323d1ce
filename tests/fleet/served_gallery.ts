/** A gallery with a queue in Redis, served over HTTP, and workers as processes of their own. */
import { App } from "fresh";
import { addApi } from "../../server/api/mod.ts";
import { type Gallery, openGallery } from "../../server/gallery.ts";
import { readSettings, type SettingName } from "../../server/settings.ts";
import type { State } from "../../server/state.ts";
import type { Section } from "../../report/mod.ts";
import { testCommand } from "../server/gallery.ts";
import { testSections } from "../server/sections.ts";
import { startProgram, type TestProgram } from "./program.ts";

/** The fleet's token in tests. */
export const TOKEN = "a token of the tests";

/** A gallery that is served. */
export interface ServedGallery extends AsyncDisposable {
  readonly gallery: Gallery;
  readonly address: string;
}

/** Opens and serves one, with a store that others reach or its own, some settings that differ, and the tests' sections or others. */
export async function serveGallery(
  queue: string,
  store?: string,
  settings: Partial<Record<SettingName, string>> = {},
  sections: readonly Section[] = testSections,
): Promise<ServedGallery> {
  await using opened = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "gallery-" });
  opened.defer(() => Deno.remove(folder, { recursive: true }));
  const values: Partial<Record<SettingName, string>> = {
    GALLERY_DATA: folder,
    GALLERY_QUEUE: queue,
    GALLERY_FLEET_TOKEN: TOKEN,
    ...(store !== undefined && { GALLERY_STORE: store }),
    GALLERY_WAITING: "1000",
    GALLERY_JOBS_PER_MINUTE: "10000",
    ...settings,
  };
  const gallery = opened.use(
    await openGallery(readSettings((name) => values[name]), { sections, command: testCommand }),
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

/** Starts a worker in a process of its own that hands results to a gallery, and waits until it has joined. */
export function startWorker(redis: string, gallery: string): Promise<TestProgram> {
  return startProgram("./worker_program.ts", [redis, gallery, TOKEN]);
}
