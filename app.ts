/** The gallery as a web application. */
import { App, csp, HttpError, staticFiles } from "fresh";
import { asset } from "fresh/runtime";
import { isFleetPath } from "./server/api/fleet.ts";
import { addApi } from "./server/api/mod.ts";
import { accessPage, grantAccess } from "./components/access.tsx";
import { errorPage } from "./components/error_page.tsx";
import type { Gallery } from "./server/gallery.ts";
import { isAccessAsset } from "./server/http/access_assets.ts";
import { clientOf, isLocal } from "./server/http/client.ts";
import { compressed } from "./server/http/compress.ts";
import { keepFonts } from "./server/http/font_cache.ts";
import { hostAllowed, sameSite, shownToken } from "./server/http/guard.ts";
import { laterScripts } from "./server/http/later_scripts.ts";
import { cut } from "./server/http/quote.ts";
import { problemResponse, RequestError, requestErrorOf, tooMany } from "./server/http/problem.ts";
import { secure } from "./server/http/security.ts";
import { wellAddressed } from "./server/http/well_addressed.ts";
import type { State } from "./server/state.ts";

/** Methods that change nothing. */
const safe = ["GET", "HEAD", "OPTIONS"];

/** Builds the application; its pages are the files in `routes/`. */
export function createApp(gallery: Gallery): App<State> {
  const { settings, metrics } = gallery;
  const app = new App<State>();
  // Outermost: headers of every response, including errors.
  app.use(async (ctx) => {
    const start = performance.now();
    ctx.state.gallery = gallery;
    let response: Response;
    try {
      response = await ctx.next();
    } catch (error) {
      const isApi = ctx.url.pathname.startsWith("/api/");
      const failure = requestErrorOf(error);
      const status = failure?.status ??
        (error instanceof HttpError ? error.status : isOldBuilds(ctx, error) ? 404 : 500);
      if (status >= 500) console.error(`${ctx.req.method} ${cut(ctx.url.pathname, 200)}:`, error);
      response = isApi
        ? problemResponse(failure ?? new RequestError(status, plainWords(status)))
        : await errorPage(ctx, status, { reason: failure?.message, headers: failure?.headers });
    }
    // Immutable responses, such as redirects, are copied.
    response = new Response(response.body, response);
    if (response.headers.has("link") && ctx.config.mode === "production") {
      const policy = response.headers.get("content-security-policy");
      response = await laterScripts(response, asset("/near.js"));
      if (policy) response.headers.set("content-security-policy", policy);
    }
    secure(response);
    keepFonts(ctx.url.pathname, response);
    metrics.answered(response.status, (performance.now() - start) / 1000);
    return response;
  });
  app.use(async (ctx) => {
    // Workers send a token of their own, which no page of another site has.
    if (isFleetPath(ctx.url.pathname)) return await ctx.next();
    if (
      settings.token === undefined && !settings.open && !isLocal(ctx.info, ctx.req.headers, settings) &&
      ctx.url.pathname !== "/health"
    ) {
      return problemResponse(
        new RequestError(
          403,
          "Without an access token, this server answers requests from its own machine only.",
        ),
      );
    }
    if (!hostAllowed(ctx.url, settings.hosts)) {
      return problemResponse(new RequestError(421, "This server does not answer for that host."));
    }
    if (!safe.includes(ctx.req.method) && !sameSite(ctx.req, ctx.url)) {
      return problemResponse(
        new RequestError(403, "Requests that change something must come from this site."),
      );
    }
    // The build's file list is not public.
    if (/^\/_fresh\/js\/[^/]+\/metafile\.json$/.test(ctx.url.pathname)) throw new HttpError(404);
    return await ctx.next();
  });
  app.use(csp({ useNonce: true }));
  const { token } = settings;
  if (token !== undefined) {
    app.use(async (ctx) => {
      const { pathname } = ctx.url;
      if (pathname === "/health" || isAccessAsset(pathname) || isFleetPath(pathname)) return await ctx.next();
      if (pathname === "/access") return await grantAccess(ctx, token);
      const client = clientOf(ctx.info, ctx.req.headers, settings);
      const shown = shownToken(ctx.req, token);
      // After too many attempts, the response must not reveal whether this token is right.
      const seconds = shown === "none" ? 0 : gallery.tokenAttempts.wait(client);
      if (seconds > 0) {
        return problemResponse(
          tooMany(`Too many wrong tokens came from here; try again in ${seconds} s.`, seconds),
        );
      }
      if (shown === "right") return await ctx.next();
      if (shown === "wrong") gallery.tokenAttempts.wrong(client);
      if (pathname.startsWith("/api/") || pathname === "/metrics") {
        return problemResponse(
          new RequestError(401, "An access token is expected.", {
            headers: { "www-authenticate": "Bearer" },
          }),
        );
      }
      return await accessPage(ctx, 401);
    });
  }
  app.use(staticFiles());
  addApi(app);
  app.fsRoutes();
  const handler = app.handler;
  // Done here and not in the task's server: `deno serve` does not compress a built gallery.
  app.handler = () => {
    const answer = handler.call(app);
    return wellAddressed(async (request, info) => compressed(request, await answer(request, info)));
  };
  return app;
}

/** Whether a missing file of the build was requested: the gallery was rebuilt since it started. */
function isOldBuilds({ url }: { readonly url: URL }, error: unknown): boolean {
  return url.pathname.startsWith("/_fresh/") && error instanceof Deno.errors.NotFound;
}

function plainWords(status: number): string {
  switch (status) {
    case 404:
      return "There is nothing at this address.";
    case 405:
      return "This address does not support this method.";
    default:
      return "Something went wrong here; the server's log says what.";
  }
}
