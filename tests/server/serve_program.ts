/** Serves the application with the sections of the tests; its argument is the folder of the data. Prints where. */
import { Builder } from "fresh/dev";
import { fileURLToPath } from "node:url";
import { createApp } from "../../app.ts";
import { openTestGallery } from "./gallery.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const test = await openTestGallery({}, Deno.args[0]);
const app = createApp(test.gallery);
(await new Builder({ root, outDir: `${Deno.args[0]}/build` }).build({ snapshot: "memory" }))(app);
Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`http://127.0.0.1:${port}`),
}, app.handler());
