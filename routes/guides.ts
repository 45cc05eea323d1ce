import { define } from "../server/state.ts";

/** Guides stand below `/docs`; their page is called so. */
export const handler = define.handlers({ GET: (ctx) => ctx.redirect("/docs", 308) });
