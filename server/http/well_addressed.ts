/** Requests whose address is none: servers pass them on with whatever their Host header says. */
import { problemResponse, RequestError } from "./problem.ts";

/** A handler of requests, as servers call it. */
export type Handler = (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response>;

/** Answers requests without an address that can be read with 400, and hands the others on. */
export function wellAddressed(handler: Handler): Handler {
  return async (request, info) => {
    if (!URL.canParse(addressOf(request))) {
      return problemResponse(
        new RequestError(400, "The request's address or its Host header cannot be read."),
      );
    }
    return await handler(request, info);
  };
}

function addressOf(request: Request): string {
  try {
    return request.url;
  } catch {
    return "";
  }
}
