/** The sign-in page of a gallery with an access token. */
import type { Context } from "fresh";
import { Head } from "fresh/runtime";
import { clientOf } from "../server/http/client.ts";
import { noTokenCookie, sameText, tokenCookie } from "../server/http/guard.ts";
import { tooMany } from "../server/http/problem.ts";
import { readBody } from "../server/http/read_body.ts";
import type { State } from "../server/state.ts";

/** Asks for the token. */
export async function accessPage(ctx: Context<State>, status: number, wrong = false): Promise<Response> {
  return await ctx.render(
    <div class="prose notice">
      <Head>
        <title>Access · Denoise</title>
      </Head>
      <h1>Who goes there?</h1>
      <p>This gallery is not open to everybody. Enter the access token that its keeper has given you.</p>
      <form method="post" action="/access" class="access">
        <label for="token">Access token</label>
        <input id="token" name="token" type="password" autocomplete="current-password" required />
        <button type="submit" class="button primary">Enter</button>
        {wrong && <p class="error" role="alert">That is not the token.</p>}
      </form>
    </div>,
    {
      status,
      headers: { "cache-control": "no-store", "www-authenticate": "Bearer", "set-cookie": noTokenCookie },
    },
  );
}

/** Checks the token, and stores it in a cookie. */
export async function grantAccess(ctx: Context<State>, token: string): Promise<Response> {
  if (ctx.req.method !== "POST") return await accessPage(ctx, 401);
  const seconds = ctx.state.gallery.tokenAttempts.entered(
    clientOf(ctx.info, ctx.req.headers, ctx.state.gallery.settings),
  );
  if (seconds > 0) {
    throw tooMany(`Too many attempts; try again in ${seconds} s.`, seconds);
  }
  const form = new URLSearchParams(new TextDecoder().decode(await readBody(ctx.req, 10_000)));
  if (!sameText(form.get("token") ?? "", token)) return await accessPage(ctx, 401, true);
  return new Response(null, {
    status: 303,
    headers: { location: "/", "set-cookie": tokenCookie(token, ctx.url) },
  });
}
