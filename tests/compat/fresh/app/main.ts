import { App, HttpError, staticFiles } from "fresh";
import type { State } from "./state.ts";

export const app = new App<State>()
  .use(staticFiles())
  .use((ctx) => {
    ctx.state.trail = ["app"];
    return ctx.next();
  })
  .get("/plain/:name", (ctx) => ctx.text(`hello ${ctx.params.name}`))
  .get("/teapot", () => {
    throw new HttpError(418, "short and stout");
  })
  .fsRoutes();
