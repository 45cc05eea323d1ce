import { HttpError, page } from "fresh";
import { define } from "../../state.ts";

export const handler = define.handlers({
  GET(ctx) {
    if (ctx.params.id === "none") throw new HttpError(404);
    return page({ id: ctx.params.id }, {
      headers: { "x-id": encodeURIComponent(ctx.params.id) },
      status: 203,
    });
  },
  POST: async (ctx) => ctx.json({ got: await ctx.req.json() }, { status: 201 }),
});

export default define.page<typeof handler>(({ data }) => <b>{data.id}</b>);
