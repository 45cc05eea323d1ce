/** Jobs: start, look, watch, cancel. */
import type { App } from "fresh";
import { ArgumentError, described } from "../../lib/errors.ts";
import { startJob } from "../gallery.ts";
import { eventStream, lastEventId } from "../http/event_stream.ts";
import { clientOf } from "../http/client.ts";
import { RequestError } from "../http/problem.ts";
import { readJson } from "../http/read_body.ts";
import type { State } from "../state.ts";
import { jobRequest } from "../wire_schemas.ts";
import { notFound, serve } from "./handler.ts";
import { operations } from "./operations.ts";

/** The largest body of a request that starts a job, in bytes. */
const BODY = 100_000;

/** Adds the jobs to an application. */
export function jobs(app: App<State>): void {
  serve(app, operations.startJob, async (ctx) => {
    const body = await readJson(ctx.req, BODY);
    if (typeof body !== "object" || body === null || Array.isArray(body)) {
      throw new RequestError(400, "The body is not an object with a section and its parameters.");
    }
    const { data, error } = jobRequest.safeParse(body);
    if (error) {
      const [issue] = error.issues;
      const [name] = issue.code === "unrecognized_keys" ? issue.keys : [String(issue.path[0])];
      const wrong = issue.code === "unrecognized_keys"
        ? new ArgumentError(name, described("given"), "only section and parameters", { plural: true })
        : new ArgumentError(name, (body as Record<string, unknown>)[name], issue.message);
      throw RequestError.of(wrong);
    }
    const { section, parameters = {} } = data;
    const { gallery } = ctx.state;
    const client = clientOf(ctx.info, ctx.req.headers, gallery.settings);
    const status = await startJob(gallery, section, parameters, client);
    return Response.json(status, {
      status: status.cached ? 200 : 202,
      headers: {
        location: status.cached ? `/api/results/${status.key}` : `/api/jobs/${status.id}`,
        "cache-control": "no-store",
      },
    });
  });
  serve(app, operations.readJob, async (ctx) => {
    const status = await ctx.state.gallery.queue.status(ctx.params.id);
    if (!status) throw notFound("job");
    return Response.json(status, { headers: { "cache-control": "no-store" } });
  });
  serve(app, operations.cancelJob, async (ctx) => {
    const { queue } = ctx.state.gallery;
    if (!await queue.status(ctx.params.id)) throw notFound("job");
    await queue.cancel(ctx.params.id);
    return Response.json(await queue.status(ctx.params.id), { headers: { "cache-control": "no-store" } });
  });
  serve(app, operations.watchJob, async (ctx) => {
    const { queue, store } = ctx.state.gallery;
    const status = await queue.status(ctx.params.id);
    if (!status) throw notFound("job");
    const after = lastEventId(ctx.req, ctx.url);
    // Events of a finished job come from the disk: there nothing was left out to save memory.
    const kept = status.state === "done" ? await store.events(status.key) : undefined;
    if (kept) return eventStream(() => kept.filter(({ id }) => id > after));
    return eventStream(async function* (signal) {
      yield* await queue.watch(status.id, after, signal) ?? [];
    });
  });
}
