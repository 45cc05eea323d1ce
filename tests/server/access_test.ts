/** Who is let in, and what is said to those who are not. */
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { Builder } from "fresh/dev";
import { fileURLToPath } from "node:url";
import { createApp } from "../../app.ts";
import { clientOf } from "../../server/http/client.ts";
import { RateLimit } from "../../server/http/rate_limit.ts";
import { readSettings, type SettingName } from "../../server/settings.ts";
import { openTestGallery, type TestGallery } from "./gallery.ts";

console.error = () => {};

const root = fileURLToPath(new URL("../../", import.meta.url));
const apply = await new Builder({ root, outDir: await Deno.makeTempDir() }).build({ snapshot: "memory" });

type Ask = (path: string, init?: RequestInit, from?: string) => Promise<Response>;

function appOf(test: TestGallery): Ask {
  const app = createApp(test.gallery);
  apply(app);
  const handler = app.handler();
  return (path, init, from = "127.0.0.1") =>
    handler(new Request(path.startsWith("http") ? path : `http://localhost${path}`, init), {
      remoteAddr: { transport: "tcp", hostname: from, port: 1 },
      completed: Promise.resolve(),
    });
}

const enter = (token: string): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams({ token }),
});

const bearer = (value: string): RequestInit => ({ headers: { authorization: value } });

const statusOf = async (answer: Promise<Response>) => {
  const response = await answer;
  await response.body?.cancel();
  return response.status;
};

Deno.test("the scheme of a bearer token may be written in any case, and the token in any script", async () => {
  await using test = await openTestGallery({ GALLERY_TOKEN: "schlüssel ключ" });
  const ask = appOf(test);
  const utf8 = String.fromCharCode(...new TextEncoder().encode("schlüssel ключ"));
  for (const scheme of ["Bearer", "bearer", "BEARER", "bEARER  "]) {
    assertEquals(await statusOf(ask("/api/sections", bearer(`${scheme} ${utf8}`))), 200, scheme);
    assertEquals(await statusOf(ask("/api/sections", bearer(`${scheme} ${utf8}x`))), 401, scheme);
  }
  assertEquals(await statusOf(ask("/api/sections", bearer(`Basic ${utf8}`))), 401);
  const entered = await ask("/access", enter("schlüssel ключ".normalize("NFD")));
  assertEquals(entered.status, 303);
  const cookie = entered.headers.get("set-cookie")!.split(";")[0];
  assertEquals(await statusOf(ask("/", { headers: { cookie } })), 200);

  await using latin = await openTestGallery({ GALLERY_TOKEN: "schlüssel" });
  const header = bearer("Bearer schlüssel");
  assertEquals(
    await statusOf(appOf(latin)("/api/sections", header)),
    200,
    "in Latin-1, as some clients send it",
  );
});

Deno.test("the report's files are the report: nothing but what the page for the token needs comes without it", async () => {
  await using test = await openTestGallery({ GALLERY_TOKEN: "t" });
  const ask = appOf(test);
  const page = await ask("/");
  assertEquals(page.status, 401);
  const assets = [...(await page.text()).matchAll(/(?:href|src)="(\/[^"]+\.(?:css|svg|js))[?"]/g)].map((
    [, path],
  ) => path);
  assert(assets.length >= 3, assets.join());
  for (const path of assets) assertEquals(await statusOf(ask(path)), 200, path);
  for (
    const path of [
      "/report/report.json",
      "/report%2Freport.json",
      "//report/report.json",
      "/report/x/../report.json",
      "/gallery.css/../report/report.json",
      "/katex/../report/report.json",
      "/katex/LICENSE.txt",
    ]
  ) {
    assertEquals(await statusOf(ask(path)), 401, path);
  }
  assertEquals(await statusOf(ask("/report/report.json", bearer("Bearer t"))), 200);
});

Deno.test("/access: a body that is too large has its status, and tokens cannot be tried without end", async () => {
  await using test = await openTestGallery({ GALLERY_TOKEN: "right" });
  const ask = appOf(test);
  const large = await ask("/access", enter("x".repeat(20_000)));
  assertEquals(large.status, 413);
  assertEquals(/\bat .*\.tsx?:\d+/.test(await large.text()), false);
  const statuses: number[] = [];
  for (let i = 0; i < 30; i++) statuses.push(await statusOf(ask("/access", enter(`wrong ${i}`))));
  assertEquals([statuses[0], statuses.at(-1)], [401, 429]);
  assert(statuses.filter((status) => status === 401).length < 15, statuses.join());
  const refused = await ask("/access", enter("right"));
  assertEquals(refused.status, 429, "or the limit would say which one is right");
  assertMatch(refused.headers.get("retry-after")!, /^[1-9]\d*$/);
  assertEquals(await statusOf(ask("/access", enter("right"), "10.0.0.9")), 303, "each client for itself");
});

Deno.test("tokens in headers and cookies cannot be tried without end either", async () => {
  for (const name of ["authorization", "cookie"]) {
    await using test = await openTestGallery({ GALLERY_TOKEN: "right" });
    const ask = appOf(test);
    const show = (token: string) => ({
      headers: { [name]: name === "cookie" ? `gallery_access=${token}` : `Bearer ${token}` },
    });
    const statuses: number[] = [];
    for (let i = 0; i < 100; i++) statuses.push(await statusOf(ask("/api/sections", show(`${i}`))));
    assertEquals([statuses[0], statuses.at(-1)], [401, 429], name);
    assertEquals(await statusOf(ask("/api/sections", show("right"))), 429);
    assertEquals(await statusOf(ask("/api/sections", show("right"), "10.0.0.9")), 200);
  }
});

Deno.test("without a token only this machine is answered, unless everybody is let in", async () => {
  const others = ["10.0.0.7", "2001:db8::7", "::ffff:10.0.0.7"];
  await using closed = await openTestGallery();
  const ask = appOf(closed);
  for (const from of others) assertEquals(await statusOf(ask("/", {}, from)), 403, from);
  for (const from of ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"]) {
    assertEquals(await statusOf(ask("/", {}, from)), 200, from);
  }
  await using open = await openTestGallery({ GALLERY_NO_TOKEN: "1" });
  for (const from of others) assertEquals(await statusOf(appOf(open)("/", {}, from)), 200, from);
  assertEquals(await statusOf(appOf(open)("http://evil.example/", {}, others[0])), 421);
});

Deno.test("the host may be any address where the server is open, for no name can lead to one", async () => {
  await using test = await openTestGallery({
    GALLERY_NO_TOKEN: "1",
    GALLERY_HOSTS: "<address>,gallery.example",
  });
  const ask = appOf(test);
  for (const host of ["10.0.0.7:8000", "[2001:db8::7]", "127.0.0.1", "gallery.example"]) {
    assertEquals(await statusOf(ask(`http://${host}/api/sections`)), 200, host);
  }
  for (const host of ["evil.example", "10.0.0.7.evil.example", "localhost.evil.example"]) {
    assertEquals(await statusOf(ask(`http://${host}/api/sections`)), 421, host);
  }
});

Deno.test("settings: no token where one is meant is refused, and so is every host without one", () => {
  const read = (values: Partial<Record<SettingName, string>>) => readSettings((name) => values[name]);
  for (const token of ["", " ", "a ", "\ta", "a\nb", "a\0"]) {
    assertThrows(() => read({ GALLERY_TOKEN: token }), RangeError, "GALLERY_TOKEN: ");
  }
  assertThrows(() => read({ GALLERY_HOSTS: "*" }), RangeError, "GALLERY_HOSTS");
  assertThrows(() => read({ GALLERY_HOSTS: "a.example, *" }), RangeError, "GALLERY_HOSTS");
  assertThrows(() => read({ GALLERY_TOKEN: "a", GALLERY_NO_TOKEN: "1" }), RangeError, "GALLERY_NO_TOKEN");
  assertThrows(() => read({ GALLERY_NO_TOKEN: "yes" }), RangeError, "GALLERY_NO_TOKEN");
  assertThrows(() => read({ GALLERY_DEVICE: "gpu" }), RangeError, "GALLERY_DEVICE");
  assertThrows(() => read({ GALLERY_WORKERS: " " }), RangeError, "GALLERY_WORKERS");
  assertEquals(read({ GALLERY_HOSTS: "*", GALLERY_TOKEN: "a b" }).token, "a b");
});

Deno.test("what a request says is never echoed at length, nor called by another name", async () => {
  await using test = await openTestGallery();
  const ask = appOf(test);
  const long = "x".repeat(90_000);
  const squares = (parameters: string) => `{"section": "squares", "parameters": ${parameters}}`;
  const cases: [string, string][] = [
    [JSON.stringify({ section: long }), "xxx"],
    [JSON.stringify({ section: "squares", [long]: 1 }), "xxx"],
    [squares(`{"${long}": 1}`), "xxx"],
    [squares(`{"image": "${long}"}`), "image"],
    [squares(`{"end": "${long}"}`), "xxx"],
    [squares(`{"steps": {"${long}": 1}}`), "xxx"],
    [squares(`{"steps": ${"9".repeat(400)}}`), "steps: 999"],
    [squares(`{"steps": 1e309}`), "steps: 1e309"],
    [squares(`{"steps": -1e400}`), "steps: -1e400"],
    [squares(`{"steps": [1, {"a": 1e309}]}`), "steps[1].a: 1e309"],
    [squares(`{"steps": ${"[".repeat(40_000)}${"]".repeat(40_000)}}`), ""],
    [squares(`{"steps": ${"[".repeat(1500)}${"]".repeat(1500)}}`), "steps"],
    [squares(`{"steps": ${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}}`), ""],
    [squares("null"), "null"],
    [squares('{"__proto__": 1}'), "__proto__"],
    [squares('{"steps": "\\ud800"}'), "steps"],
  ];
  for (const [body, word] of cases) {
    const response = await ask("/api/jobs", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const text = await response.text();
    assert([400, 404].includes(response.status), `${response.status} ${body.slice(0, 80)}`);
    assert(text.length < 2000, `${text.length} ${body.slice(0, 80)}`);
    assertStringIncludes(text, word);
    if (!body.includes("null")) assertEquals(text.includes("null"), false, text);
  }
});

Deno.test("clients: of IPv6 the network is one, of IPv4 the address, and no more are remembered than there is room for", () => {
  const alone = { proxies: 0, proxyHeader: "x-forwarded-for" } as const;
  const client = (hostname: string) =>
    clientOf({ remoteAddr: { transport: "tcp", hostname, port: 1 } }, new Headers(), alone);
  assertEquals(client("2001:db8::1"), client("2001:0db8:0:0:ffff::9".replace("0db8", "db8")));
  assert(client("2001:db8::1") !== client("2001:db8:0:1::1"));
  assertEquals(client("::ffff:10.0.0.1"), client("10.0.0.1"));
  assert(client("10.0.0.1") !== client("10.0.0.2"));
  const limit = new RateLimit(1, 1);
  for (let i = 0; i < 30_000; i++) limit.take(`${i}`, 0);
  assert(limit.take("29999", 0) > 0, "the latest is known still");
  assertEquals(limit.take("0", 0), 0, "the first was forgotten");
});
