import type { AnyComponent } from "preact";
import type { HandlerByMethod, HandlerFn, Middleware, PageProps, RouteHandler } from "./types.ts";

/** Gives handlers, pages, layouts and middlewares the types of one application. */
export interface Define<State> {
  handlers<Data, H extends RouteHandler<Data, State> = RouteHandler<Data, State>>(
    handlers: H,
  ): typeof handlers;
  page<
    // deno-lint-ignore no-explicit-any -- the data are inferred from the handler
    H extends RouteHandler<any, State> = never,
    Data = H extends HandlerFn<infer D, State> ? D : H extends HandlerByMethod<infer D, State> ? D : never,
  >(component: AnyComponent<PageProps<Data, State>>): typeof component;
  layout(component: AnyComponent<PageProps<unknown, State>>): typeof component;
  middleware<M extends Middleware<State> | Middleware<State>[]>(middleware: M): typeof middleware;
}

/** Four functions that return what they are given, for the sake of its type. */
export function createDefine<State>(): Define<State> {
  return {
    handlers: (handlers) => handlers,
    page: (component) => component,
    layout: (component) => component,
    middleware: (middleware) => middleware,
  };
}
