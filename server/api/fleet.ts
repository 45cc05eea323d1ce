/**
 * What the workers of a fleet ask of a gallery: they hand results over, and fetch the files that users have sent; and what command
 * lines ask that let the fleet compute.
 *
 * @module
 */
import type { App, Context } from "fresh";
import { SafetensorsError } from "../../lib/checkpoints/mod.ts";
import { ImageError } from "../../lib/image.ts";
import { clientOf } from "../http/client.ts";
import { sameText } from "../http/guard.ts";
import { RequestError, tooMany } from "../http/problem.ts";
import { readBody, readJson } from "../http/read_body.ts";
import { isFigureFile, isResultKey } from "../result_names.ts";
import type { Entry } from "../jobs/event_log.ts";
import type { JobRequest } from "../jobs/job.ts";
import type { State } from "../state.ts";
import { UPLOAD_BYTES, WEIGHTS_BYTES } from "../store/uploads.ts";
import type { WireFigure } from "../wire.ts";
import { api, notFound, serve } from "./handler.ts";
import { operations } from "./operations.ts";

/** The largest file of a figure, in bytes. */
const FILE_BYTES = 100_000_000;

/** The largest record of a result with its events, in bytes: of these, a job has 24 million characters. */
const RECORD_BYTES = 100_000_000;

/** A job's name with the number of the attempt. */
const STAGE = /^[0-9a-f-]{36}\.\d{1,3}$/;

/** What a worker hands over at the end. */
interface HandedOver {
  readonly job: string;
  readonly request: JobRequest;
  readonly figures: readonly WireFigure[];
  readonly seconds: number;
  readonly events: readonly Entry[];
}

/** Whether a path is for workers, which show the fleet's token instead of a visitor's. */
export function isFleetPath(pathname: string): boolean {
  return pathname === "/api/fleet" || pathname.startsWith("/api/fleet/");
}

/** Adds what a fleet needs to an application; where there is none, nothing of it is found. */
export function fleet(app: App<State>): void {
  serve(
    app,
    operations.readFleet,
    worker(async (ctx) => {
      const { workers, queues } = (await ctx.state.gallery.queue.counts()).fleet!;
      return Response.json({ workers, queues }, { headers: { "cache-control": "no-store" } });
    }),
  );
  app.put(
    "/api/fleet/jobs/:job",
    worker(async (ctx) => {
      await ctx.state.gallery.store.stage(stageOf(ctx));
      return Response.json({});
    }),
  );
  app.delete(
    "/api/fleet/jobs/:job",
    worker(async (ctx) => {
      await ctx.state.gallery.store.discard(stageOf(ctx));
      return Response.json({});
    }),
  );
  app.put(
    "/api/fleet/jobs/:job/files/:file",
    worker(async (ctx) => {
      const { file } = ctx.params;
      if (!isFigureFile(file)) throw notFound("file");
      await ctx.state.gallery.store.put(stageOf(ctx), file, await readBody(ctx.req, FILE_BYTES));
      return Response.json({});
    }),
  );
  app.put(
    "/api/fleet/results/:key",
    worker(async (ctx) => {
      const { key } = ctx.params;
      if (!isResultKey(key)) throw notFound("result");
      const { store } = ctx.state.gallery;
      const handed = await readJson(ctx.req, RECORD_BYTES) as HandedOver;
      if (handed?.request?.key !== key || !STAGE.test(handed.job) || !Array.isArray(handed.figures)) {
        throw new RequestError(400, "The body is not what a worker of this version hands over.");
      }
      const { job, request, figures, seconds, events } = handed;
      // The answer to the first time may have been lost on its way.
      if (await store.get(key) === undefined) await store.keep(job, request, figures, seconds, events);
      else await store.discard(job);
      return Response.json({});
    }),
  );
  app.get(
    "/api/fleet/results/:key",
    worker(async (ctx) => {
      const { key } = ctx.params;
      const result = isResultKey(key) ? await ctx.state.gallery.store.get(key) : undefined;
      if (!result) throw notFound("result");
      return Response.json(result, { headers: { "cache-control": "no-store" } });
    }),
  );
  app.get(
    "/api/fleet/results/:key/files/:file",
    worker(async (ctx) => {
      const { key, file } = ctx.params;
      const bytes = isResultKey(key) && isFigureFile(file)
        ? await ctx.state.gallery.store.file(key, file)
        : undefined;
      if (!bytes) throw notFound("file");
      return new Response(bytes, { headers: { "cache-control": "no-store" } });
    }),
  );
  app.put(
    "/api/fleet/uploads",
    worker(async (ctx) => {
      const bytes = await readBody(ctx.req, UPLOAD_BYTES);
      try {
        return Response.json(await ctx.state.gallery.uploads.add(bytes));
      } catch (error) {
        throw error instanceof ImageError ? RequestError.of(error.renamed("picture")) : error;
      }
    }),
  );
  app.put(
    "/api/fleet/weights",
    worker(async (ctx) => {
      const bytes = await readBody(ctx.req, WEIGHTS_BYTES);
      try {
        return Response.json({ id: await ctx.state.gallery.uploads.addWeights(bytes) });
      } catch (error) {
        throw error instanceof SafetensorsError ? new RequestError(400, error.message) : error;
      }
    }),
  );
  app.get(
    "/api/fleet/results/:key/events",
    worker(async (ctx) => {
      const { key } = ctx.params;
      const entries = isResultKey(key) ? await ctx.state.gallery.store.events(key) : undefined;
      if (!entries) throw notFound("result");
      return Response.json(entries, { headers: { "cache-control": "no-store" } });
    }),
  );
  app.get(
    "/api/fleet/uploads/:id",
    worker(async (ctx) => {
      const bytes = await ctx.state.gallery.uploads.bytes(ctx.params.id);
      if (!bytes) throw notFound("file, or it is no longer kept");
      return new Response(bytes, {
        headers: { "content-type": "application/octet-stream", "cache-control": "no-store" },
      });
    }),
  );
}

/** A handler that answers those who show the fleet's token. */
function worker(
  answer: (ctx: Context<State>) => Response | Promise<Response>,
): (ctx: Context<State>) => Promise<Response> {
  return api(async (ctx) => {
    const { fleetToken } = ctx.state.gallery.settings;
    if (fleetToken === undefined) throw new RequestError(404, "This gallery has no fleet.");
    const { tokenAttempts } = ctx.state.gallery;
    const client = clientOf(ctx.info, ctx.req.headers, ctx.state.gallery.settings);
    const seconds = tokenAttempts.wait(client);
    if (seconds > 0) {
      throw tooMany(`Too many wrong tokens came from here; try again in ${seconds} s.`, seconds);
    }
    const shown = /^bearer +(.+)$/i.exec(ctx.req.headers.get("authorization") ?? "")?.[1];
    if (shown === undefined || !sameText(shown, fleetToken)) {
      tokenAttempts.wrong(client);
      throw new RequestError(401, "The fleet's token is expected.", {
        headers: { "www-authenticate": "Bearer" },
      });
    }
    return await answer(ctx);
  });
}

function stageOf(ctx: Context<State>): string {
  const { job } = ctx.params;
  if (!STAGE.test(job)) throw notFound("job");
  return job;
}
