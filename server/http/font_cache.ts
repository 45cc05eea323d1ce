/** How long a browser keeps a font, in seconds: a day. Its address has nothing of a build, so that it is asked about again. */
const DAY = 86_400;

/** Whether a path is that of a font, of texts or of formulas. */
const font = /^\/(katex\/)?fonts\/[\w-]+\.woff2?$/;

/**
 * Lets browsers keep fonts from page to page. Fetched anew for each, as Fresh has it for files without a build's key, they come late
 * on a slow line, and lines that are set in them move.
 */
export function keepFonts(pathname: string, { ok, headers }: Response): void {
  if (ok && font.test(pathname)) headers.set("cache-control", `public, max-age=${DAY}`);
}
