/**
 * Lets a page's scripts wait until somebody comes near what they are for. Fresh ends a page that has islands with one
 * inline module, and asks for it early by a header; here it becomes text that `static/near.js` runs when an element with
 * `data-near` is about to be seen, pressed or given the focus.
 *
 * @module
 */

/** What Fresh writes at the end of a page. */
const BOOT = /<script\s+type="module"(\s+nonce="\w+")>(?=\s*import\b)(?=[^]*?\bboot\()/;

/**
 * Makes a page's scripts wait; other answers, and pages that have no such script, stay as they are.
 *
 * @param response The page.
 * @param starter The address of `near.js`.
 */
export async function laterScripts(response: Response, starter: string): Promise<Response> {
  if (!response.headers.get("content-type")?.startsWith("text/html") || !response.body) return response;
  const html = await response.text();
  const later = html.replace(
    BOOT,
    `<script src="${starter}" defer></script><script type="text/plain" id="boot"$1>`,
  );
  const headers = new Headers(response.headers);
  if (later !== html) headers.delete("link");
  return new Response(later, { status: response.status, headers });
}
