import { HttpError } from "fresh";
import { tabFile, tabFileType } from "../../server/tab_files.ts";
import { define } from "../../server/state.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const { path } = ctx.params;
    const place = tabFile(path);
    const file = place === undefined ? undefined : await Deno.open(place).catch(() => undefined);
    if (!file) throw new HttpError(404);
    const { isFile, size, mtime } = await file.stat();
    if (!isFile) {
      file.close();
      throw new HttpError(404);
    }
    const etag = `"${size}-${mtime?.getTime()}"`;
    const headers = new Headers({ "content-type": tabFileType(path), "cache-control": "no-cache", etag });
    if (ctx.req.headers.get("if-none-match")?.replace(/^W\//, "") === etag) {
      file.close();
      return new Response(null, { status: 304, headers });
    }
    const from = firstByte(ctx.req, etag, size);
    headers.set("accept-ranges", "bytes");
    headers.set("content-length", String(size - from));
    if (from > 0) {
      await file.seek(from, Deno.SeekMode.Start);
      headers.set("content-range", `bytes ${from}-${size - 1}/${size}`);
    }
    return new Response(file.readable, { status: from > 0 ? 206 : 200, headers });
  },
});

/** Where an interrupted download resumes, if the file is still the same; else 0. */
function firstByte({ headers }: Request, etag: string, size: number): number {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.get("range") ?? "")?.[1] ?? 0);
  return from < size && [null, etag].includes(headers.get("if-range")) ? from : 0;
}
