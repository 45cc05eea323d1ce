/** The page of what went wrong. */
import type { Context } from "fresh";
import { Head } from "fresh/runtime";
import type { State } from "../server/state.ts";

/** Renders the page of a status. */
export async function errorPage(ctx: Context<State>, status: number): Promise<Response> {
  const missing = status === 404;
  const title = missing ? "Nothing here" : "That went wrong";
  const text = missing
    ? "There is no page at this address: only noise, and no model to make a picture of it."
    : "The server could not make this page. It goes on; try again in a moment.";
  return await ctx.render(
    <div class="prose notice">
      <Head>
        <title>{`${title} · Denoise`}</title>
      </Head>
      <p class="eyebrow">{status}</p>
      <h1>{title}</h1>
      <p>{text}</p>
      <p>
        <a href="/">To the report</a>
      </p>
    </div>,
    { status },
  );
}
