import { HttpError } from "fresh";
import { cardPicture } from "../../../server/model_pages.ts";
import { define } from "../../../server/state.ts";

const types: Record<string, string> = { png: "image/png", svg: "image/svg+xml", gif: "image/gif" };

export const handler = define.handlers({
  GET: async (ctx) => {
    const { name, file } = ctx.params;
    const bytes = await cardPicture(ctx.state.gallery.catalog, name, file);
    if (!bytes) throw new HttpError(404);
    return new Response(bytes, {
      headers: { "content-type": types[file.slice(-3)], "cache-control": "public, max-age=3600" },
    });
  },
});
