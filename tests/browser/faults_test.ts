/** The rule by which the other tests know that something went wrong on a page. */
import { assertEquals } from "@std/assert";
import type { Browser, Page } from "playwright-core";
import { startChromium } from "./chromium.ts";
import { faultsOf } from "./faults.ts";

const html = (body: string) =>
  new Response(`<!doctype html><link rel="icon" href="data:,"><title>page</title>${body}`, {
    headers: { "content-type": "text/html" },
  });

/** Pages whose script never comes, is cut off, or is not there. */
function serve(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case "/never.js":
        return new Promise((resolve) =>
          request.signal.addEventListener("abort", () => resolve(new Response()))
        );
      case "/slow":
        return new Promise((resolve) => setTimeout(() => resolve(html("")), 400));
      case "/waiting":
        return html(`<script async src="/never.js"></script>`);
      case "/broken":
        return html(`<script src="/broken.js"></script>`);
      case "/missing":
        return html(`<script src="/no.js"></script>`);
      case "/":
        return html("");
      default:
        return new Response(null, { status: 404 });
    }
  });
}

let server: Deno.HttpServer<Deno.NetAddr>;
let chromium: AsyncDisposable & { readonly browser: Browser };
Deno.test.beforeAll(async () => {
  server = serve();
  chromium = await startChromium();
});
Deno.test.afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  await server.shutdown();
});

/** A test on a page of its own. */
function scenario(
  name: string,
  fn: (page: Page, address: string) => Promise<void>,
): void {
  Deno.test(name, { sanitizeOps: false, sanitizeResources: false }, async () => {
    const context = await chromium.browser.newContext();
    try {
      await fn(await context.newPage(), `http://127.0.0.1:${server.addr.port}`);
    } finally {
      await context.close();
    }
  });
}

const failed = (page: Page) => page.waitForEvent("requestfailed");

scenario("a script that the browser gave up because the page was left is no fault", async (page, address) => {
  const faults = faultsOf(page);
  await page.goto(`${address}/waiting`, { waitUntil: "commit" });
  await page.waitForFunction(() => performance.getEntriesByType("navigation").length > 0);
  const aborted = failed(page);
  await page.evaluate(() => location.assign("/"));
  assertEquals(new URL((await aborted).url()).pathname, "/never.js");
  await page.waitForURL(`${address}/`);
  assertEquals(faults, []);
});

scenario(
  "what a page asks for while the next one is on its way is no fault either",
  async (page, address) => {
    const faults = faultsOf(page);
    await page.goto(`${address}/`);
    const aborted = failed(page);
    await page.evaluate(() => {
      location.assign("/slow");
      setTimeout(() => fetch("/never.js").catch(() => {}), 100);
    });
    assertEquals(new URL((await aborted).url()).pathname, "/never.js");
    await page.waitForURL(`${address}/slow`);
    assertEquals(faults, []);
  },
);

scenario(
  "a script that breaks off is a fault, also when the page is left after it",
  async (page, address) => {
    const faults = faultsOf(page);
    await page.route("**/broken.js", (route) => route.abort("connectionreset"));
    const broken = failed(page);
    await page.goto(`${address}/broken`);
    await broken;
    await page.goto(`${address}/`);
    assertEquals(faults.filter((fault) => fault.startsWith("failed")), [`failed: ${address}/broken.js`]);
  },
);

scenario("a script that is not there is a fault", async (page, address) => {
  const faults = faultsOf(page);
  await page.goto(`${address}/missing`);
  assertEquals(faults.filter((fault) => fault.startsWith("404")), [`404: ${address}/no.js`]);
});

scenario("a request given up by a page that stays is a fault, unless it may be", async (page, address) => {
  const [strict, lenient] = [faultsOf(page), faultsOf(page, (url) => url.endsWith("/never.js"))];
  await page.goto(`${address}/`);
  const aborted = failed(page);
  await page.evaluate(async () => {
    const control = new AbortController();
    const answer = fetch("/never.js", { signal: control.signal }).catch(() => {});
    // A move within the document leaves nothing.
    history.pushState(null, "", "/#part");
    control.abort();
    await answer;
  });
  await aborted;
  assertEquals(strict, [`failed: ${address}/never.js`]);
  assertEquals(lenient, []);
});
