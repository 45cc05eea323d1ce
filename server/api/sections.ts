/** What can be run, and with which models; whether all is well. */
import type { App } from "fresh";
import { formOf } from "../form.ts";
import { inTime } from "../in_time.ts";
import type { State } from "../state.ts";
import { notFound, serve } from "./handler.ts";
import { operations } from "./operations.ts";
import { openApi } from "./open_api.ts";

/** Adds descriptions to an application. */
export function sections(app: App<State>): void {
  serve(app, operations.listSections, (ctx) =>
    Response.json(
      ctx.state.gallery.catalog.sections.map(({ id, title, summary }) => ({ id, title, summary })),
    ));
  serve(app, operations.describeSection, async (ctx) => {
    const section = ctx.state.gallery.catalog.section(ctx.params.id);
    if (!section) throw notFound("section");
    const { id, title, summary } = section;
    return Response.json({ id, title, summary, ...await formOf(ctx.state.gallery, section) });
  });
  serve(app, operations.listModels, async (ctx) => Response.json(await ctx.state.gallery.catalog.models()));
  serve(app, operations.listImages, (ctx) => Response.json(ctx.state.gallery.catalog.images()));
  serve(app, operations.describeApi, (ctx) => Response.json(openApi(ctx.state.gallery.catalog)));
  serve(app, operations.health, async (ctx) => {
    const counts = await inTime(ctx.state.gallery.queue.counts());
    const { waiting, running, workers } = counts ?? { waiting: null, running: null, workers: 0 };
    const ok = workers > 0;
    return Response.json({ ok, waiting, running, workers }, {
      status: ok ? 200 : 503,
      headers: { "cache-control": "no-store" },
    });
  });
  serve(app, operations.metrics, async (ctx) => {
    const { metrics, queue, store } = ctx.state.gallery;
    return new Response(metrics.text(await queue.counts(), await store.size()), {
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" },
    });
  });
}
