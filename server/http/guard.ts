/** Who may ask what: hosts, origins, the access token. */
import { createHash, timingSafeEqual } from "node:crypto";

/** The cookie that has the token. */
const COOKIE = "gallery_access";

/** Whether a request is addressed to a host that this server answers for: no foreign name may lead here (DNS rebinding). */
export function hostAllowed(url: URL, hosts: readonly string[]): boolean {
  return hosts.includes("*") || hosts.includes(url.hostname) || hosts.includes(url.host);
}

/** Whether a request that changes something comes from this site, or from no site at all, such as curl. */
export function sameSite(request: Request, url: URL): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") return false;
  const origin = request.headers.get("origin");
  if (origin === null) return true;
  // Behind a proxy that speaks https the scheme differs; the host may not.
  return URL.canParse(origin) && new URL(origin).host === url.host;
}

/** Whether a request shows the token, as a bearer token or by cookie. */
export function hasToken(request: Request, token: string): boolean {
  const bearer = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
  const cookie = new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]*)`).exec(request.headers.get("cookie") ?? "")?.[1];
  return [bearer, cookie && safeDecode(cookie)].some((shown) =>
    shown !== undefined && sameText(shown, token)
  );
}

/** Whether a text is the token, in the same time for any text. */
export function sameText(shown: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(shown), digest(token));
}

/** A cookie that shows the token from now on. */
export function tokenCookie(token: string, url: URL): string {
  const secure = url.protocol === "https:" ? "; Secure" : "";
  return `${COOKIE}=${
    encodeURIComponent(token)
  }; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000${secure}`;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
