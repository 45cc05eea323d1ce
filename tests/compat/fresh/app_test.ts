import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { PageProps } from "fresh";
import { asset, assetSrcSet } from "fresh/runtime";
import { Builder } from "fresh/dev";
import { app } from "./app/main.ts";

const root = import.meta.dirname! + "/app";
const out = await Deno.makeTempDir();
const apply = await new Builder({ root, outDir: `${out}/_fresh` }).build({ snapshot: "memory" });
apply(app);
const handler = app.handler();
const ask = (path: string, init?: RequestInit) => handler(new Request(`http://localhost${path}`, init));
const html = async (path: string) => (await ask(path)).text();

// Errors that are not meant for a page are logged; the tests bring some about.
console.error = () => {};

Deno.test("pages stand in their layouts, these in the document", async () => {
  const start = await html("/");
  assertMatch(
    start,
    /^<!DOCTYPE html><html lang="en"><head>.*<title>Start<\/title><\/head><body class="app"><main><h1>/s,
  );
  assertStringIncludes(await html("/items/a"), "<main><article><b>a</b></article></main>");
});

Deno.test("groups have layouts of their own and no place in the address", async () => {
  assertStringIncludes(await html("/legal"), "<main><aside><h2>Legal</h2></aside></main>");
  assertStringIncludes(await html("/about"), '<body class="app"><h2>About</h2></body>');
});

Deno.test("parameters are decoded, literal names come before patterns, a slash at the end does not matter", async () => {
  assertStringIncludes(await html("/items/%C3%A4"), "<b>ä</b>");
  assertStringIncludes(await html("/items/y%2Fz"), "<b>y%2Fz</b>");
  assertEquals(await html("/items/new"), "a literal name wins");
  assertEquals(await html("/items/new/"), "a literal name wins");
  assertStringIncludes(await html("/deep/x-y"), "<i>x+y</i>");
  assertEquals(await html("/any/thing/at/all"), "any/thing/at/all");
  assertEquals(await html("//plain///me"), "hello me");
});

Deno.test("handlers give data, headers and a status", async () => {
  const response = await ask("/items/b");
  assertEquals([response.status, response.headers.get("x-id")], [203, "b"]);
  const posted = await ask("/items/b", { method: "POST", body: "[1]" });
  assertEquals([posted.status, await posted.json()], [201, { got: [1] }]);
});

Deno.test("middlewares run from the root down", async () => {
  assertEquals((await ask("/items/b")).headers.get("x-trail"), "app root items");
  assertEquals((await ask("/legal")).headers.get("x-trail"), "app root");
});

Deno.test("HEAD is a GET without a body", async () => {
  const response = await ask("/items/b", { method: "HEAD" });
  assertEquals([response.status, await response.text()], [203, ""]);
});

Deno.test("methods: 404 for a file that has no such handler, 405 and OPTIONS for routes in code", async () => {
  assertEquals((await ask("/items/b", { method: "DELETE" })).status, 404);
  const options = await ask("/plain/x", { method: "OPTIONS" });
  assertEquals([options.status, options.headers.get("allow")], [204, "GET"]);
  assertEquals((await ask("/plain/x", { method: "PUT" })).status, 405);
});

Deno.test("errors: the nearest page answers, with the error's status", async () => {
  const missing = await ask("/nowhere/at");
  assertEquals(missing.status, 404);
  assertStringIncludes(await missing.text(), "nothing at /nowhere/at");
  assertEquals((await ask("/items/none")).status, 404);
  const teapot = await ask("/teapot");
  assertEquals(teapot.status, 418);
  assertStringIncludes(await teapot.text(), '<p id="error">short and stout</p>');
  const deep = await ask("/deep/fails");
  assertEquals(deep.status, 500);
  assertStringIncludes(await deep.text(), '<p id="deep">deep trouble</p>');
});

Deno.test("errors while rendering do not tell what they are", async () => {
  for (const path of ["/broken", "/functions"]) {
    const response = await ask(path);
    assertEquals(response.status, 500);
    assertEquals((await response.text()).includes("secret"), false);
  }
});

Deno.test("islands are marked, their props in the script at the end", async () => {
  const response = await ask("/");
  const page = await response.text();
  assertEquals(page.match(/<!--frsh:island:Counter:/g)?.length, 1);
  assertEquals(
    page.match(/<!--frsh:island:Readout:/g)?.length,
    2,
    "in a slot and on its own, but not in another island",
  );
  assertStringIncludes(page, "<!--frsh:slot:");
  assertMatch(page, /<template id="frsh-\d+-label"><!--frsh:slot:\d+:label--><em>pressed<\/em>/);
  const script = /<script type="module" nonce="(\w+)">(import .*)<\/script><\/body>/.exec(page);
  assert(script);
  assertMatch(script[2], /import \{ Readout as Readout \}/);
  const link = response.headers.get("link")!;
  for (const [, address] of link.matchAll(/<([^>]+)>/g)) {
    const file = await ask(address);
    assertEquals(file.headers.get("content-type"), "text/javascript; charset=UTF-8");
    assertEquals(file.headers.get("cache-control"), "public, max-age=31536000, immutable");
    await file.body?.cancel();
  }
  assertEquals((await html("/legal")).includes("<script"), false, "a page without islands has no script");
});

Deno.test("static files: tags, caches, builds", async () => {
  const address = /src="(\/pixel\.png\?[^"]+)"/.exec(await html("/"))![1];
  assertStringIncludes(await html("/"), 'src="/pixel.png"');
  const kept = await ask(address);
  assertEquals(kept.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assertEquals([kept.headers.get("content-type"), (await kept.bytes()).length], ["image/png", 8]);
  const fresh = await ask("/pixel.png");
  assertEquals(fresh.headers.get("cache-control"), "no-cache, no-store, max-age=0, must-revalidate");
  const tag = fresh.headers.get("etag")!;
  assertMatch(tag, /^W\/"[0-9a-f]{40}"$/);
  assertEquals((await ask("/pixel.png", { headers: { "if-none-match": tag } })).status, 304);
  const old = await ask("/pixel.png?a=1&__frsh_c=old");
  assertEquals([old.status, old.headers.get("location")], [307, "/pixel.png?a=1"]);
  assertEquals((await ask("/pixel.png", { method: "POST" })).status, 405);
  assertEquals((await ask("/.well-known/check.txt")).status, 200);
  for (const path of ["/.hidden/file.txt", "/../app/main.ts", "/%2e%2e/main.ts", "/%ff"]) {
    assertEquals((await ask(path)).status, 404, path);
  }
});

Deno.test("asset: paths of this site get the build's name, others stay", () => {
  assertMatch(asset("/a.png?b=1#c"), /^\/a\.png\?b=1&__frsh_c=\w+#c$/);
  for (const path of ["a.png", "//evil/a.png", "https://evil/a.png"]) assertEquals(asset(path), path);
  assertMatch(assetSrcSet("/a.png 1x, /b.png 2x"), /^\/a\.png\?__frsh_c=\w+ 1x, \/b\.png\?__frsh_c=\w+ 2x$/);
});

Deno.test("redirects stay on this site", async () => {
  const { App } = await import("fresh");
  const answer = await new App().get("/", (ctx) => ctx.redirect("//evil.com/a?b=//c", 303)).handler()(
    new Request("http://localhost/"),
  );
  assertEquals([answer.status, answer.headers.get("location")], [303, "/evil.com/a?b=//c"]);
});

Deno.test("ctx.render, ctx.html, ctx.stream", async () => {
  const { App } = await import("fresh");
  const { h } = await import("preact");
  const own = new App()
    .layout("*", ({ Component }: PageProps) => h("main", null, h(Component, null)))
    .get("/page", (ctx) => ctx.render(h("p", null, "<"), { status: 202 }))
    .get("/bare", (ctx) => ctx.render(h("p", null), {}, { skipInheritedLayouts: true }))
    .get("/html", (ctx) => ctx.html("<p>"))
    .get("/stream", (ctx) => ctx.stream(["a", new Uint8Array([98])]))
    .handler();
  const get = (path: string) => own(new Request(`http://localhost${path}`));
  const page = await get("/page");
  assertEquals(page.status, 202);
  assertEquals(
    await page.text(),
    '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><main><p>&lt;</p></main></body></html>',
  );
  assertStringIncludes(await (await get("/bare")).text(), "<body><p></p></body>");
  assertEquals((await get("/html")).headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals(await (await get("/stream")).text(), "ab");
});

Deno.test("csp: the policy names the page's nonce", async () => {
  const { App, csp } = await import("fresh");
  const { h } = await import("preact");
  const answer = await new App()
    .use(csp({ useNonce: true, csp: ["img-src 'self'"] }))
    .get("/", (ctx) => ctx.render(h("script", null, "1")))
    .handler()(new Request("http://localhost/"));
  const nonce = /<script nonce="(\w+)">/.exec(await answer.text())![1];
  const policy = answer.headers.get("content-security-policy")!;
  assertStringIncludes(policy, `script-src 'self' 'nonce-${nonce}'`);
  assertStringIncludes(policy, "img-src 'self';".slice(0, -1));
  assertEquals(policy.match(/img-src/g)?.length, 1);
});
