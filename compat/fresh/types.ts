import type { AnyComponent, RenderableProps, VNode } from "preact";
import type { Context } from "./context.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS";

export const METHODS: readonly Method[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

export interface ResolvedConfig {
  root: string;
  basePath: string;
  mode: "development" | "production";
  trustProxy: boolean;
}

export interface LayoutConfig {
  skipInheritedLayouts?: boolean;
  skipAppWrapper?: boolean;
}

export interface RouteConfig extends LayoutConfig {
  routeOverride?: string;
  methods?: "ALL" | Method[];
}

export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;

export interface PageResponse<Data> {
  data: Data;
  headers?: HeadersInit;
  status?: number;
}

export type HandlerFn<Data, State> = (
  ctx: Context<State>,
) => Response | PageResponse<Data> | Promise<Response | PageResponse<Data>>;

export type HandlerByMethod<Data, State> = { [M in Method]?: HandlerFn<Data, State> };

export type RouteHandler<Data, State> = HandlerFn<Data, State> | HandlerByMethod<Data, State>;

// deno-lint-ignore no-explicit-any -- the state plays no part in what data a handler gives
export type RouteData<H extends RouteHandler<any, any>> = H extends RouteHandler<infer Data, any> ? Data
  : never;

export type PageProps<Data = unknown, State = unknown> =
  & Pick<
    Context<State>,
    "config" | "url" | "req" | "params" | "info" | "state" | "isPartial" | "Component" | "error" | "route"
  >
  & { data: Data };

/** A component that may be asynchronous, and may then answer with a response instead. */
export type PageComponent<Data, State> =
  // deno-lint-ignore no-explicit-any -- as in Preact's own types of components
  | ((props: RenderableProps<PageProps<Data, State>>) => Promise<VNode<any> | Response | null>)
  | AnyComponent<PageProps<Data, State>>;

export interface Route<State> {
  // deno-lint-ignore no-explicit-any -- the data of a page are known between its handler and its component alone
  component?: PageComponent<any, State>;
  // deno-lint-ignore no-explicit-any -- as above
  handler?: RouteHandler<any, State>;
  config?: RouteConfig;
  css?: string[];
}

/** Data for a page's component, from its handler. */
export function page(): PageResponse<undefined>;
export function page<T>(data: T, init?: { headers?: HeadersInit; status?: number }): PageResponse<T>;
export function page<T>(data?: T, init?: { headers?: HeadersInit; status?: number }): PageResponse<T> {
  return { data: data as T, ...init };
}
