import { define } from "../state.ts";

export const handler = define.handlers((ctx) =>
  ctx.params.rest.startsWith("any/") ? new Response(ctx.params.rest) : ctx.next()
);
