/**
 * A stand-in for `jsr:@fresh/core` 2.3 where JSR is out of reach: the part of its public interface that the gallery uses,
 * written for this project. Without `links` in deno.json the real package takes its place.
 *
 * @module
 */
export { App, type ListenOptions } from "./app.ts";
export { Context, type Context as FreshContext } from "./context.ts";
export { csp, type CSPOptions } from "./csp.ts";
export { createDefine, type Define } from "./define.ts";
export { HttpError } from "./http_error.ts";
export { staticFiles } from "./static_files.ts";
export {
  type HandlerByMethod,
  type HandlerFn,
  type LayoutConfig,
  type Method,
  type Middleware,
  page,
  type PageProps,
  type PageResponse,
  type Route,
  type RouteConfig,
  type RouteData,
  type RouteHandler,
} from "./types.ts";
