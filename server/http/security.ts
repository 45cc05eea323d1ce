/** Headers that keep browsers from doing what no page here asks for. */

/** What pages may load and do: nothing from elsewhere, no script but files of this site and those with the nonce. */
export function pagePolicy(nonce: string | undefined): string {
  const inline = nonce ? ` 'nonce-${nonce}'` : "";
  return [
    "default-src 'none'",
    `script-src 'self'${inline}`,
    `style-src 'self'${inline}`,
    // Formulas are set by KaTeX with positions in style attributes, which can run nothing.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** What the programs of workers may load and do: files of this site, and WebAssembly, which is compiled there alone. */
const PROGRAM =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self' blob:";

/** What answers that are no pages may do: nothing. */
const NOTHING = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/** Sets the headers; the page's nonce is taken from the policy that Fresh has written. */
export function secure(response: Response): void {
  const { headers } = response;
  const isPage = headers.get("content-type")?.startsWith("text/html") ?? false;
  const nonce = /'nonce-(\w+)'/.exec(headers.get("content-security-policy") ?? "")?.[1];
  const isProgram = headers.get("content-type")?.startsWith("text/javascript") ?? false;
  headers.set("content-security-policy", isPage ? pagePolicy(nonce) : isProgram ? PROGRAM : NOTHING);
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "same-origin");
  headers.set("cross-origin-opener-policy", "same-origin");
  // Isolated from other sites, a page may compute with several threads.
  headers.set("cross-origin-embedder-policy", "require-corp");
  headers.set("cross-origin-resource-policy", "same-origin");
  headers.set("permissions-policy", "camera=(self), microphone=(), geolocation=(), payment=()");
}
