import { HttpError } from "fresh";
import { tabFile, tabFileType } from "../../server/tab_files.ts";
import { define } from "../../server/state.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const path = tabFile(ctx.params.path);
    const file = path === undefined ? undefined : await Deno.open(path).catch(() => undefined);
    if (!file) throw new HttpError(404);
    const { size, mtime } = await file.stat();
    const etag = `"${size}-${mtime?.getTime()}"`;
    const headers = new Headers({
      "content-type": tabFileType(ctx.params.path),
      "cache-control": "no-cache",
      etag,
      "accept-ranges": "bytes",
    });
    if (ctx.req.headers.get("if-none-match") === etag) {
      file.close();
      return new Response(null, { status: 304, headers });
    }
    headers.set("content-length", String(size));
    return new Response(file.readable, { headers });
  },
});
