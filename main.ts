/**
 * The gallery's server: `deno task gallery` builds and serves it. Its settings are environment variables.
 *
 * @module
 */
import { createApp } from "./app.ts";
import { sections } from "./report/mod.ts";
import { type Gallery, openGallery } from "./server/gallery.ts";
import { readSettings } from "./server/settings.ts";
import { workerCommand } from "./server/worker/command.ts";

const settings = readSettings();

/** What the pages work with. */
export const gallery: Gallery = await openGallery(settings, {
  sections,
  command: () => workerCommand(settings),
});

/** The application. */
export const app = createApp(gallery);
