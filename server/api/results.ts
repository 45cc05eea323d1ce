/** Results: what was made, its files, and how it came about. */
import type { App } from "fresh";
import { eventStream, lastEventId } from "../http/event_stream.ts";
import { isFigureFile, isResultKey } from "../result_names.ts";
import type { State } from "../state.ts";
import { notFound, serve } from "./handler.ts";
import { operations } from "./operations.ts";

const types: Record<string, string> = { png: "image/png", gif: "image/gif", svg: "image/svg+xml" };

/** Adds the results to an application. */
export function results(app: App<State>): void {
  serve(app, operations.readResult, async (ctx) => {
    const { key } = ctx.params;
    const result = isResultKey(key) ? await ctx.state.gallery.store.get(key) : undefined;
    if (!result) throw notFound("result");
    return Response.json(result, { headers: { "cache-control": "no-store" } });
  });
  serve(app, operations.replayResult, async (ctx) => {
    const { key } = ctx.params;
    const entries = isResultKey(key) ? await ctx.state.gallery.store.events(key) : undefined;
    if (!entries) throw notFound("result");
    const after = lastEventId(ctx.req, ctx.url);
    return eventStream(() => entries.filter(({ id }) => id > after));
  });
  serve(app, operations.readFile, async (ctx) => {
    const { key, file } = ctx.params;
    if (!isResultKey(key) || !isFigureFile(file)) throw notFound("file");
    const { queue, store } = ctx.state.gallery;
    // While a job runs, the figures that are done can be seen already; a name stands for one content for ever.
    const stage = await queue.stageOf(key);
    const bytes = (stage && await store.staged(stage, file)) ?? await store.file(key, file);
    if (!bytes) throw notFound("file");
    const headers = new Headers({
      "content-type": types[file.slice(-3)],
      "cache-control": stage ? "no-store" : "private, max-age=31536000, immutable",
    });
    if (ctx.url.searchParams.has("download")) {
      headers.set("content-disposition", `attachment; filename="${file}"`);
    }
    return new Response(bytes, { headers });
  });
}
