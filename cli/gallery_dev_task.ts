/** `deno task gallery:dev`: the gallery on this machine alone, built again when a file changes. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readSettings } from "../server/settings.ts";
import { runTask } from "./errors.ts";
import { runGallery } from "./gallery/process.ts";

const watched = ["routes", "islands", "components", "static", "server", "report"];

await runTask(async (signal) => {
  const server = {
    program: ["dev.ts"],
    flags: [`--watch=${watched.join()}`],
    settings: readSettings(),
    hosts: ["127.0.0.1"],
    writes: [resolve(fileURLToPath(new URL("../_fresh", import.meta.url)))],
  };
  // What watches files does not read its input.
  Deno.exit(await runGallery(server, signal, (child) => child.kill("SIGTERM")));
});
