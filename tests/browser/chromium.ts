/** Starts the browser that pages are looked at in. */
import fs from "node:fs";
import type { Browser } from "playwright-core";

/** Debian's. */
const CHROMIUM = "/usr/bin/chromium";

// Playwright looks for a file of Windows' Linux there, where Deno lets only those look who may do everything.
const existsSync = fs.existsSync;
fs.existsSync = (path) => String(path).startsWith("/proc/") ? false : existsSync(path);
const { chromium } = await import("playwright-core");

/** Starts it; `args` are further words of its command line. */
export async function startChromium(
  args: readonly string[] = [],
): Promise<AsyncDisposable & { readonly browser: Browser }> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", ...args],
    // Otherwise the tests, when told to end, would only lose their browser.
    handleSIGTERM: false,
  });
  return { browser, [Symbol.asyncDispose]: () => browser.close() };
}
