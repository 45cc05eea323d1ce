/** The error page. */
import type { Context } from "fresh";
import { Head } from "fresh/runtime";
import type { State } from "../server/state.ts";

/**
 * Renders the page of a status.
 *
 * @param reason What is wrong with the request, in a sentence; defaults to a text for the status.
 */
export async function errorPage(
  ctx: Context<State>,
  status: number,
  { reason, headers }: { reason?: string; headers?: Readonly<Record<string, string>> } = {},
): Promise<Response> {
  const missing = status === 404;
  const title = missing ? "Nothing here" : status < 500 ? "That cannot be" : "That went wrong";
  const text = reason ??
    (missing
      ? "There is no page at this address: only noise, and no model to make a picture of it."
      : status < 500
      ? "The server cannot answer a request such as this."
      : "The server could not make this page. Try again in a moment.");
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
    { status, headers },
  );
}
