/** What all handlers of the API have in common. */
import type { App, Context } from "fresh";
import { problemResponse, RequestError, requestErrorOf } from "../http/problem.ts";
import type { State } from "../state.ts";
import type { Operation } from "./operations.ts";

/** A handler: it answers a request, or throws what is wrong with it. */
type Handler = (ctx: Context<State>) => Response | Promise<Response>;

/** Adds an operation to an application. */
export function serve(app: App<State>, { method, path }: Operation, answer: Handler): void {
  app[method](path.replaceAll(/\{(\w+)\}/g, ":$1"), api(answer));
}

/** A handler whose errors are answered as JSON. */
export function api(answer: Handler): (ctx: Context<State>) => Promise<Response> {
  return async (ctx) => {
    try {
      return await answer(ctx);
    } catch (error) {
      const requestError = requestErrorOf(error);
      if (requestError) return problemResponse(requestError);
      console.error(`${ctx.req.method} ${ctx.url.pathname}:`, error);
      return problemResponse(new RequestError(500, "Something went wrong here; the server's log says what."));
    }
  };
}

/** A thing that is not there. */
export function notFound(what: string): RequestError {
  return new RequestError(404, `There is no such ${what}.`);
}
