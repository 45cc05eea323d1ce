/** `deno task site`: writes the gallery that was built as static files, which any host serves at any path. */
import { join } from "node:path";
import { tools } from "../components/tools.ts";
import { reportImages, sections } from "../report/mod.ts";
import { writeSite } from "../site/write_site.ts";
import { runTask } from "./errors.ts";
import { createCommand } from "./options.ts";

const command = createCommand("site", "Writes the gallery as static files.")
  .option("--out <folder>", "folder to write to", "out/site");

await runTask(async () => {
  const { out } = command.parse(Deno.args, { from: "user" }).opts<{ readonly out: string }>();
  const data = await Deno.makeTempDir({ prefix: "gallery-site-" });
  try {
    Deno.env.set("GALLERY_DATA", data);
    // The build imports the same module, and so the same gallery.
    const { default: { fetch } } = await import(new URL("../_fresh/server.js", import.meta.url).href);
    const { gallery } = await import("../main.ts");
    await using _gallery = gallery;
    const info = { remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 0 } };
    const count = await writeSite(out, (path) => fetch(new Request(`http://localhost${path}`), info), {
      sections: sections.map(({ id }) => id),
      images: reportImages.map(({ id }) => id),
      tools: tools.map(({ section }) => section),
    });
    console.log(`${join(out, "index.html")} and ${count - 1} other pages`);
  } finally {
    await Deno.remove(data, { recursive: true }).catch(() => {});
  }
});
