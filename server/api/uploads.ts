/** Pictures that users send, and those that come with the report. */
import type { App } from "fresh";
import { ArgumentError } from "../../lib/errors.ts";
import { ImageError } from "../../lib/image.ts";
import { reportImages, reportImagesFolder } from "../../report/mod.ts";
import { clientOf } from "../http/client.ts";
import { RequestError, tooMany } from "../http/problem.ts";
import { readBody } from "../http/read_body.ts";
import type { State } from "../state.ts";
import { UPLOAD_BYTES } from "../store/uploads.ts";
import { notFound, serve } from "./handler.ts";
import { operations } from "./operations.ts";

const accepted = /^image\/(png|jpeg|gif)$/;

/** Adds the pictures to an application. */
export function uploads(app: App<State>): void {
  serve(app, operations.upload, async (ctx) => {
    const type = ctx.req.headers.get("content-type") ?? "";
    if (!accepted.test(type)) {
      throw RequestError.of(
        new ArgumentError("content-type", type, "image/png, image/jpeg or image/gif"),
        415,
      );
    }
    const { rate, uploads, settings } = ctx.state.gallery;
    const seconds = await rate.take(`upload ${clientOf(ctx.info, ctx.req.headers, settings)}`);
    if (seconds > 0) {
      throw tooMany(`Too many uploads; try again in ${seconds} s.`, seconds);
    }
    const bytes = await readBody(ctx.req, UPLOAD_BYTES);
    try {
      return Response.json(await uploads.add(bytes), { status: 201 });
    } catch (error) {
      throw error instanceof ImageError ? RequestError.of(error.renamed("picture")) : error;
    }
  });
  serve(app, operations.readUpload, async (ctx) => {
    const found = await ctx.state.gallery.uploads.read(ctx.params.id);
    if (!found) throw notFound("picture, or it is no longer kept");
    return new Response(found.bytes, {
      headers: { "content-type": found.type, "cache-control": "private, max-age=3600" },
    });
  });
  serve(app, operations.readImage, async (ctx) => {
    const found = reportImages.find(({ id }) => id === ctx.params.id);
    if (!found) throw notFound("picture");
    const bytes = await Deno.readFile(new URL(found.file, reportImagesFolder));
    const type = found.file.endsWith(".jpg") ? "image/jpeg" : "image/png";
    return new Response(bytes, {
      headers: { "content-type": type, "cache-control": "public, max-age=3600" },
    });
  });
}
