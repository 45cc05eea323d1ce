import { type Context, instantiate, internalsOf } from "./context.ts";
import { HttpError } from "./http_error.ts";
import type { HandlerFn, LayoutConfig, Method, Middleware, PageComponent, Route } from "./types.ts";

/** A place in the tree of routes. */
export class Segment<State> {
  readonly children = new Map<string, Segment<State>>();
  readonly middlewares: Middleware<State>[] = [];
  layout: { component: PageComponent<unknown, State>; config?: LayoutConfig } | null = null;
  error: Route<State> | null = null;
  app: PageComponent<unknown, State> | null = null;
  notFound: Middleware<State> | null = null;

  constructor(readonly parent: Segment<State> | null = null) {}

  at([name, ...rest]: readonly string[]): Segment<State> {
    if (name === undefined) return this;
    let child = this.children.get(name);
    if (!child) this.children.set(name, child = new Segment(this));
    return child.at(rest);
  }

  /** All that runs before a handler at this place, from the root down. */
  chain(): Middleware<State>[] {
    return [...this.parent?.chain() ?? [], (ctx) => this.#enter(ctx), ...this.middlewares];
  }

  get #root(): Segment<State> {
    return this.parent ? this.parent.#root : this;
  }

  /** Puts the own layout around what comes, and answers for what goes wrong in it. */
  async #enter(ctx: Context<State>): Promise<Response> {
    const own = internalsOf(ctx);
    const before = own.wrapping;
    let { app, layouts } = before;
    if (this.app) app = this.app;
    if (this.layout) {
      const { component, config } = this.layout;
      if (config?.skipAppWrapper) app = null;
      layouts = config?.skipInheritedLayouts ? [component] : [...layouts, component];
    }
    own.wrapping = { app, layouts };
    try {
      return await ctx.next();
    } catch (error) {
      ctx.error = error;
      own.wrapping = { app, layouts };
      const status = error instanceof HttpError ? error.status : 500;
      const { notFound } = this.#root;
      if (status === 404 && notFound) return await notFound(ctx);
      if (this.error) return await answerRoute(ctx, this.error, status);
      throw error;
    } finally {
      own.wrapping = before;
    }
  }
}

/** Runs middlewares one after another, each the `next` of the one before; then what `ctx.next` was. */
export function runChain<State>(ctx: Context<State>, chain: readonly Middleware<State>[]): Promise<Response> {
  const last = ctx.next;
  const step = async (i: number): Promise<Response> => {
    if (i === chain.length) return await last();
    ctx.next = () => step(i + 1);
    return await chain[i](ctx);
  };
  return step(0);
}

/** Runs a route's handler and renders its component with what it gives. */
export async function answerRoute<State>(
  ctx: Context<State>,
  route: Route<State>,
  status = 200,
): Promise<Response> {
  const own = internalsOf(ctx);
  const { config, component } = route;
  const wrapping = {
    app: config?.skipAppWrapper ? null : own.wrapping.app,
    layouts: config?.skipInheritedLayouts ? [] : own.wrapping.layouts,
  };
  own.wrapping = wrapping;
  const handler = handlerFor(route, ctx.req.method as Method);
  if (!handler) return await ctx.next();
  const result = await handler(ctx);
  if (result instanceof Response) return result;
  const headers = new Headers(result.headers);
  const init = { headers, status: result.status ?? status };
  if (!component) return await ctx.render(null, init);
  const vnode = await instantiate(ctx, component, result.data, () => null);
  return vnode instanceof Response ? vnode : await ctx.render(vnode, init);
}

function handlerFor<State>(
  { handler, component }: Route<State>,
  method: Method,
  // deno-lint-ignore no-explicit-any -- the data of a page are known between its handler and its component alone
): HandlerFn<any, State> | undefined {
  const rendered = () => ({ data: undefined });
  if (typeof handler === "function") return handler;
  if (!handler) {
    if (component) return rendered;
    throw new HttpError(404);
  }
  const get = handler.GET ?? (component ? rendered : undefined);
  return method === "GET" ? get : handler[method] ?? (method === "HEAD" ? get : undefined);
}
