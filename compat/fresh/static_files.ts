import { CACHE_KEY } from "./build_id.ts";
import { internalsOf } from "./context.ts";
import type { Middleware } from "./types.ts";

const FOREVER = "public, max-age=31536000, immutable";
const NEVER = "no-cache, no-store, max-age=0, must-revalidate";

/** Answers with the files of `static/` and with the scripts of the build. */
export function staticFiles<State>(): Middleware<State> {
  return async (ctx) => {
    const { cache } = internalsOf(ctx);
    const path = decoded(ctx.url.pathname.slice(ctx.config.basePath.length));
    const file = path === undefined || path === "/" ? null : await cache.staticFile(path);
    if (!file) return ctx.url.pathname === "/favicon.ico" ? new Response(null, { status: 404 }) : ctx.next();
    if (ctx.req.method !== "GET" && ctx.req.method !== "HEAD") {
      return new Response("Method Not Allowed", { status: 405 });
    }
    const key = ctx.url.searchParams.get(CACHE_KEY);
    if (key !== null && key !== cache.buildId) {
      const url = new URL(ctx.url);
      url.searchParams.delete(CACHE_KEY);
      return new Response(null, { status: 307, headers: { location: url.pathname + url.search } });
    }
    const headers = new Headers({ "content-type": file.type, vary: "If-None-Match" });
    const production = ctx.config.mode === "production";
    if (production && file.hash !== null) {
      const tag = `W/"${file.hash}"`;
      const known = ctx.req.headers.get("if-none-match");
      if (known === tag || known === `"${file.hash}"` || known === file.hash) {
        return new Response(null, { status: 304, headers });
      }
      headers.set("etag", tag);
    }
    const kept = key !== null || path!.startsWith(`/_fresh/js/${cache.buildId}/`);
    headers.set("cache-control", production && kept ? FOREVER : NEVER);
    headers.set("content-length", String(file.size));
    return new Response(ctx.req.method === "HEAD" ? null : await file.open(), { headers });
  };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
