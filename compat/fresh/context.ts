import { type AnyComponent, type FunctionComponent, h, isValidElement, type VNode } from "preact";
import type { BuildCache } from "./build_cache.ts";
import { renderDocument } from "./document.ts";
import type { LayoutConfig, PageComponent, PageProps, ResolvedConfig } from "./types.ts";

/** What pages are wrapped in at the place in the tree of routes where a request is. */
export interface Wrapping<State> {
  readonly app: PageComponent<unknown, State> | null;
  readonly layouts: readonly PageComponent<unknown, State>[];
}

interface Internals<State> {
  readonly cache: BuildCache;
  wrapping: Wrapping<State>;
}

// deno-lint-ignore no-explicit-any -- contexts of all applications
const internals = new WeakMap<Context<any>, Internals<any>>();

export const internalsOf = <State>(ctx: Context<State>): Internals<State> => internals.get(ctx)!;

/** A request on its way through middlewares to its page. */
export class Context<State> {
  readonly config: ResolvedConfig;
  readonly url: URL;
  req: Request;
  readonly route: string | null;
  readonly params: Record<string, string>;
  readonly state: State = {} as State;
  readonly info: Deno.ServeHandlerInfo;
  readonly isPartial: boolean = false;
  data: unknown = undefined;
  error: unknown | null = null;
  Component!: FunctionComponent;
  next: () => Promise<Response>;

  constructor(init: {
    config: ResolvedConfig;
    url: URL;
    req: Request;
    route: string | null;
    params: Record<string, string>;
    info: Deno.ServeHandlerInfo;
    next: () => Promise<Response>;
    cache: BuildCache;
  }) {
    this.config = init.config;
    this.url = init.url;
    this.req = init.req;
    this.route = init.route;
    this.params = init.params;
    this.info = init.info;
    this.next = init.next;
    internals.set(this, { cache: init.cache, wrapping: { app: null, layouts: [] } });
  }

  redirect(pathOrUrl: string, status = 302): Response {
    let location = pathOrUrl;
    if (location.startsWith("/")) {
      const [, path, rest] = /^([^?#]*)(.*)$/s.exec(location)!;
      location = path.replaceAll(/\/+/g, "/") + rest;
    }
    return new Response(null, { status, headers: { location } });
  }

  async render(vnode: VNode | null, init: ResponseInit = {}, config: LayoutConfig = {}): Promise<Response> {
    if (vnode !== null && !isValidElement(vnode)) throw new Error("Non-JSX element passed to: ctx.render()");
    const { cache, wrapping } = internalsOf(this);
    const layouts = config.skipInheritedLayouts ? [] : wrapping.layouts;
    const wrappers = [...(config.skipAppWrapper || !wrapping.app ? [] : [wrapping.app]), ...layouts];
    let tree: VNode | null = vnode;
    for (const wrapper of wrappers.toReversed()) {
      const child = tree;
      const made = await instantiate(this, wrapper, undefined, () => child);
      if (made instanceof Response) return made;
      tree = made;
    }
    return renderDocument(tree, { cache, init, config: this.config });
  }

  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  html(content: string, init: ResponseInit = {}): Response {
    const headers = new Headers(init.headers);
    headers.set("content-type", "text/html; charset=utf-8");
    return new Response(content, { ...init, headers });
  }

  // deno-lint-ignore no-explicit-any -- as in Response.json
  json(content: any, init?: ResponseInit): Response {
    return Response.json(content, init);
  }

  stream<T extends string | Uint8Array>(
    source: Iterable<T> | AsyncIterable<T> | (() => Iterable<T> | AsyncIterable<T>),
    init?: ResponseInit,
  ): Response {
    const encoder = new TextEncoder();
    const bytes = ReadableStream.from<T>(typeof source === "function" ? source() : source).pipeThrough(
      new TransformStream<T, Uint8Array<ArrayBuffer>>({
        transform: (chunk, controller) =>
          controller.enqueue(
            typeof chunk === "string" ? encoder.encode(chunk) : chunk as Uint8Array<ArrayBuffer>,
          ),
      }),
    );
    return new Response(bytes, init);
  }
}

/** A page's, a layout's or the document's component with its props; asynchronous ones are run. */
export async function instantiate<Data, State>(
  ctx: Context<State>,
  component: PageComponent<Data, State>,
  data: Data,
  Component: FunctionComponent,
): Promise<VNode | null | Response> {
  const { config, url, req, params, info, state, isPartial, error, route } = ctx;
  const props = { config, url, req, params, info, state, isPartial, error, route, Component, data };
  if (component.constructor.name === "AsyncFunction") {
    return await (component as (props: PageProps<Data, State>) => Promise<VNode | Response | null>)(props);
  }
  return h(component as AnyComponent<PageProps<Data, State>>, props) as VNode;
}
