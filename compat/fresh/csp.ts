import type { Middleware } from "./types.ts";

export interface CSPOptions {
  reportOnly?: boolean;
  reportTo?: string;
  /** Directives that are added, or take the place of the default of the same name. */
  csp?: string[];
  /** Puts the nonce of the page's own inline scripts and styles where the policy says `'unsafe-inline'`. */
  useNonce?: boolean;
}

const defaults = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "upgrade-insecure-requests",
];

const inline = /^(script-src|style-src|script-src-elem|style-src-elem|style-src-attr|default-src) /;

const nonces = new WeakMap<Response, string>();

/** Remembers the nonce that a page's inline scripts carry. */
export function setNonce(response: Response, nonce: string): void {
  nonces.set(response, nonce);
}

/** Sets the content security policy. */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const own = options.csp ?? [];
  const named = new Set(own.map((directive) => directive.split(" ")[0]));
  const policy = [...defaults.filter((directive) => !named.has(directive.split(" ")[0])), ...own];
  if (options.reportTo) policy.push("report-to csp-endpoint", `report-uri ${options.reportTo}`);
  const header = options.reportOnly ? "content-security-policy-report-only" : "content-security-policy";
  return async (ctx) => {
    const response = await ctx.next();
    const nonce = options.useNonce ? nonces.get(response) : undefined;
    const value = nonce === undefined
      ? policy
      : policy.map((d) => inline.test(d) ? d.replaceAll("'unsafe-inline'", `'nonce-${nonce}'`) : d);
    response.headers.set(header, value.join("; "));
    if (options.reportTo) response.headers.set("reporting-endpoints", `csp-endpoint="${options.reportTo}"`);
    return response;
  };
}
