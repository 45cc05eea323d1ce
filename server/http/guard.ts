/** Who may ask what: hosts, origins, the access token. */
import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { anyAddress } from "../settings.ts";

/** The cookie that has the token. */
const COOKIE = "gallery_access";

/** Whether a request is addressed to a host that this server answers for: no foreign name may lead here (DNS rebinding). */
export function hostAllowed(url: URL, hosts: readonly string[]): boolean {
  return hosts.includes("*") || hosts.includes(url.hostname) || hosts.includes(url.host) ||
    (hosts.includes(anyAddress) && isIP(url.hostname.replace(/^\[|\]$/g, "")) > 0);
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

/** What a request shows: the token, another one, or none. It comes as a bearer token or by cookie. */
export function shownToken(request: Request, token: string): "right" | "wrong" | "none" {
  const bearer = /^bearer +(.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  const cookie = new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]*)`).exec(request.headers.get("cookie") ?? "")?.[1];
  const shown = [bearer, bearer && asUtf8(bearer), cookie && safeDecode(cookie)].filter((text) =>
    text !== undefined && text !== ""
  );
  if (shown.length === 0) return "none";
  return shown.some((text) => sameText(text!, token)) ? "right" : "wrong";
}

/** Whether a text is the token, in the same time for any text; letters with accents may be written in either way. */
export function sameText(shown: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text.normalize("NFC")).digest();
  return timingSafeEqual(digest(shown), digest(token));
}

/** The bytes of a header, each of which is a character there, read as UTF-8; undefined if they are not. */
function asUtf8(header: string): string | undefined {
  try {
    const bytes = Uint8Array.from(header, (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A cookie that shows the token from now on. */
export function tokenCookie(token: string, url: URL): string {
  const secure = url.protocol === "https:" ? "; Secure" : "";
  return `${COOKIE}=${
    encodeURIComponent(token)
  }; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000${secure}`;
}

/** Lets a browser forget a token that is none. */
export const noTokenCookie = `${COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`;

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
