import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { Builder } from "fresh/dev";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createApp } from "../../app.ts";
import { encodePng, full } from "../../lib/mod.ts";
import { RateLimit } from "../../server/http/rate_limit.ts";
import { readSettings, type SettingName } from "../../server/settings.ts";
import { openTestGallery, type TestGallery } from "./gallery.ts";

console.error = () => {};

const root = fileURLToPath(new URL("../../", import.meta.url));
const apply = await new Builder({ root, outDir: await Deno.makeTempDir() }).build({ snapshot: "memory" });

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** The whole application, as it is served. */
function appOf(test: TestGallery): Ask {
  const app = createApp(test.gallery);
  apply(app);
  const handler = app.handler();
  return (path, init) =>
    handler(new Request(path.startsWith("http") ? path : `http://localhost${path}`, init));
}

const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body: typeof body === "string" ? body : JSON.stringify(body),
});

Deno.test("pages: the report without scripts, its sections, what is not there", async () => {
  await using test = await openTestGallery();
  const ask = appOf(test);
  const response = await ask("/");
  const html = await response.text();
  assertEquals(response.status, 200);
  for (const part of ["<main", 'id="squares"', "A square of value", "<math", "Contents"]) {
    assertStringIncludes(html, part);
  }
  assertEquals((await (await ask("/sections/squares")).text()).includes("Squares that become lighter"), true);
  for (
    const path of [
      "/play",
      "/sections/nothing",
      "/nothing",
      "/models/nothing",
      "/docs/nothing",
      "/docs/..%2FREADME",
      "/api/nothing",
      "/_fresh/js/x/metafile.json",
    ]
  ) {
    const answer = await ask(path);
    assertEquals(answer.status, 404, path);
    await answer.body?.cancel();
  }
  for (const path of ["/about", "/models", "/history"]) assertEquals((await ask(path)).status, 200, path);
});

Deno.test("guides: every page of docs/ is listed and served, with links that lead somewhere on this site", async () => {
  await using test = await openTestGallery();
  const ask = appOf(test);
  const linksIn = (html: string) => [...html.matchAll(/<a href="(\/[^"#]*)(?:#([^"]*))?"/g)];
  const index = await (await ask("/docs")).text();
  const files = await Array.fromAsync(Deno.readDir(join(root, "docs")), ({ name }) => name.slice(0, -3));
  const listed = linksIn(index).map(([, path]) => path).filter((path) => path.startsWith("/docs/"));
  assertEquals(listed.toSorted(), [...files, "examples"].map((name) => `/docs/${name}`).sort());
  for (const path of listed) {
    const response = await ask(path);
    assertEquals(response.status, 200, path);
    const html = await response.text();
    assertStringIncludes(html, '<a href="/docs" aria-current="page">Guides</a>');
    const main = html.slice(html.indexOf("<main"), html.indexOf("</main>"));
    for (const [, target, anchor] of linksIn(main)) {
      const found = await ask(target);
      assertEquals(found.status, 200, `${target}, to which ${path} leads`);
      const page = await found.text();
      if (anchor !== undefined) assertStringIncludes(page, `id="${anchor}"`);
    }
  }
});

Deno.test("scripts wait: the page asks for nothing but its own and a starter, the rest is text with the nonce of the policy", async () => {
  await using test = await openTestGallery();
  const response = await appOf(test)("/");
  const html = await response.text();
  assertEquals(response.headers.get("link"), null);
  const scripts = [...html.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
  assertEquals(scripts.length, 3);
  assertMatch(scripts[0], /src="\/report\.js\?[^"]+" defer/);
  assertMatch(scripts[1], /src="\/near\.js\?[^"]+" defer/);
  const nonce = /type="text\/plain" id="boot" nonce="(\w+)"/.exec(scripts[2])![1];
  const policy = response.headers.get("content-security-policy")!;
  assertStringIncludes(policy, `script-src 'self' 'nonce-${nonce}';`);
  assertEquals(policy.includes("'unsafe-eval'") || /script-src[^;]*unsafe/.test(policy), false);
});

Deno.test("texts are compressed for those who take that, whoever serves the application", async () => {
  await using test = await openTestGallery();
  const ask = appOf(test);
  const plain = await (await ask("/")).text();
  const response = await ask("/", { headers: { "accept-encoding": "gzip" } });
  assertEquals(response.headers.get("content-encoding"), "gzip");
  const bytes = await response.bytes();
  assert(bytes.length < plain.length / 2, `${bytes.length} of ${plain.length}`);
  const unpacked = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
  assertStringIncludes(await unpacked.text(), "Squares that become lighter");
});

Deno.test("headers: no sniffing, no frames, no other hosts, on errors too", async () => {
  await using test = await openTestGallery();
  const ask = appOf(test);
  for (const path of ["/", "/nothing", "/api/sections", "/gallery.css", "/api/jobs/none"]) {
    const { headers, body } = await ask(path);
    assertEquals(headers.get("x-content-type-options"), "nosniff", path);
    assertStringIncludes(headers.get("content-security-policy")!, "frame-ancestors 'none'", path);
    assertEquals(/https?:/.test(headers.get("content-security-policy")!), false);
    await body?.cancel();
  }
});

Deno.test("requests that change something come from this site, to a name that is this machine's", async () => {
  await using test = await openTestGallery();
  const ask = appOf(test);
  const start = json({ section: "squares", parameters: { steps: 1 } });
  const from = (headers: Record<string, string>) =>
    ask("/api/jobs", { ...start, headers: { ...start.headers, ...headers } });
  const foreign: Record<string, string>[] = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ];
  for (const headers of foreign) assertEquals((await from(headers)).status, 403, JSON.stringify(headers));
  assertEquals((await ask("http://evil.example/api/jobs", start)).status, 421);
  assertEquals((await ask("http://evil.example/")).status, 421);
  assertEquals((await test.gallery.queue.counts()).running + (await test.gallery.queue.counts()).waiting, 0);
  const own = await from({ origin: "http://localhost", "sec-fetch-site": "same-origin" });
  assertEquals(own.status, 202);
  // A page of another site can send forms, but no JSON.
  assertEquals((await ask("/api/jobs", { ...start, headers: { "content-type": "text/plain" } })).status, 415);
  // Looking at a link starts nothing.
  await ask(`/sections/squares?p=${encodeURIComponent('{"seed":77}')}`);
  assertEquals(Object.values((await test.gallery.queue.counts()).ended).reduce((a, b) => a + b) <= 1, true);
});

Deno.test("an access token: asked for everywhere but for the server's health, shown by header or cookie", async () => {
  await using test = await openTestGallery({ GALLERY_TOKEN: "open sesame" });
  const ask = appOf(test);
  assertEquals((await ask("/health")).status, 200);
  for (const path of ["/", "/api/sections", "/metrics", "/sections/squares"]) {
    assertEquals((await ask(path)).status, 401, path);
  }
  assertEquals((await ask("/api/sections", { headers: { authorization: "Bearer wrong" } })).status, 401);
  assertEquals(
    (await ask("/api/sections", { headers: { authorization: "Bearer open sesame" } })).status,
    200,
  );
  const form = (token: string) =>
    ask("/access", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ token }),
    });
  const wrong = await form("sesame");
  assertEquals(wrong.status, 401);
  assertStringIncludes(await wrong.text(), "That is not the token");
  const right = await form("open sesame");
  assertEquals([right.status, right.headers.get("location")], [303, "/"]);
  const cookie = right.headers.get("set-cookie")!;
  for (const part of ["HttpOnly", "SameSite=Strict"]) assertStringIncludes(cookie, part);
  assertEquals((await ask("/", { headers: { cookie: cookie.split(";")[0] } })).status, 200);
});

Deno.test("uploads: pictures alone, of a bounded size that is known before anything is decoded; they expire", async () => {
  await using test = await openTestGallery({ GALLERY_UPLOAD_HOURS: "0.001" });
  const ask = appOf(test);
  const send = (body: Uint8Array<ArrayBuffer>, type = "image/png") =>
    ask("/api/uploads", { method: "POST", headers: { "content-type": type }, body });
  const png = Uint8Array.from(encodePng(full([1, 4, 6], 0.5), { range: [0, 1] }));
  const sent = await send(png);
  assertEquals(sent.status, 201);
  const { id, width, height } = await sent.json();
  assertMatch(id, /^upload-[0-9a-f]{64}$/);
  assertEquals([width, height], [6, 4]);
  const back = await ask(`/api/uploads/${id}`);
  assertEquals([back.headers.get("content-type"), await back.bytes()], ["image/png", png]);
  const job = await test.start({ image: id });
  assertEquals(
    (await test.events(job.id)).at(-1)!.event.type,
    "failed",
    "the tests' worker keeps no uploads",
  );

  const large = png.slice();
  new DataView(large.buffer).setUint32(16, 50_000);
  new DataView(large.buffer).setUint32(20, 50_000);
  const bomb = await send(large);
  assertEquals(bomb.status, 400);
  assertStringIncludes((await bomb.json()).detail, "50000 x 50000 pixels");
  assertEquals((await send(new TextEncoder().encode("<svg onload='x'/>"))).status, 400);
  assertEquals((await send(png, "image/svg+xml")).status, 415);
  assertEquals((await send(png, "text/html")).status, 415);
  assertEquals((await send(new Uint8Array(13_000_000))).status, 413);
  for (
    const path of ["/api/uploads/..%2F..%2Fdeno.json", "/api/uploads/upload-zz", "/api/images/..%2Fimages.ts"]
  ) {
    assertEquals((await ask(path)).status, 404, path);
  }
  await new Promise((resolve) => setTimeout(resolve, 3700));
  await test.gallery.uploads.expire();
  assertEquals((await ask(`/api/uploads/${id}`)).status, 404);
});

Deno.test("parameters are checked by the section's schema; the problem names them", async () => {
  await using test = await openTestGallery();
  const ask = appOf(test);
  const cases: [unknown, number, string][] = [
    [{ section: "nothing" }, 404, "squares"],
    [{ section: "squares", parameters: { steps: -1 } }, 400, "steps"],
    [{ section: "squares", parameters: { steps: 1e9 } }, 400, "steps"],
    [{ section: "squares", parameters: { steps: "4" } }, 400, "steps"],
    [{ section: "squares", parameters: { nothing: 1 } }, 400, "nothing"],
    [{ section: "squares", parameters: { image: "../../etc/passwd" } }, 400, "image"],
    [{ section: "squares", parameters: { image: `upload-${"0".repeat(64)}` } }, 400, "image"],
    [{ section: "squares", parameters: { end: "badly" } }, 400, "end"],
    [{ section: "squares", parameters: [] }, 400, "parameters"],
    [{ section: 7 }, 400, "section"],
    [{ section: "squares", more: 1 }, 400, "more"],
    ["[]", 400, "object"],
    ["{", 400, "JSON"],
    ["x".repeat(200_000), 413, "larger"],
  ];
  for (const [body, status, word] of cases) {
    const response = await ask("/api/jobs", json(body));
    const { detail, argument, found, expected } = await response.json();
    assertEquals([response.status, response.headers.get("content-type")], [
      status,
      "application/problem+json",
    ], detail);
    assertStringIncludes(detail, word);
    // What is no argument's fault names none.
    assertEquals(argument === undefined, typeof body === "string", detail);
    if (argument !== undefined) assertStringIncludes(detail, `${argument}: ${found} where ${expected} `);
  }
  const wrong = await ask("/api/jobs", json({ section: "squares", parameters: { steps: "4" } }));
  assertEquals(await wrong.json(), {
    status: 400,
    detail: 'squares: steps: "4" where a number is expected',
    argument: "steps",
    found: '"4"',
    expected: "a number",
  });
  assertEquals((await test.gallery.queue.counts()).running, 0);
});

Deno.test("a thousand malformed requests: each is answered, none with the server's inside, and it lives", async () => {
  await using test = await openTestGallery();
  const ask = appOf(test);
  let random = 1;
  const next = (n: number) => (random = random * 48271 % 2147483647) % n;
  const junk = () => Array.from({ length: next(60) }, () => String.fromCharCode(33 + next(400))).join("");
  const paths = [
    "/api/jobs",
    "/api/jobs/",
    "/api/results/",
    "/api/uploads",
    "/sections/",
    "/play?p=",
    "/sections/squares?p=",
    "/models/",
    "/_fresh/",
    "/",
  ];
  const methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"];
  const types = [
    "application/json",
    "image/png",
    "text/html",
    "",
    "multipart/form-data",
    "application/json; charset=nonsense",
  ];
  const counts = new Map<number, number>();
  for (let i = 0; i < 1000; i++) {
    const method = methods[next(methods.length)];
    const type = types[next(types.length)];
    const path = next(2) ? paths[next(paths.length)] : paths[next(paths.length)] +
      (next(3) ? encodeURIComponent(junk()) : ["../..", "%ff%fe", "..%2f..%2fdeno.json", "%00"][next(4)]);
    const response = await ask(path, {
      method,
      headers: {
        ...(type && { "content-type": type }),
        "last-event-id": encodeURIComponent(junk()),
        range: `bytes=${next(99)}-`,
      },
      body: method === "GET" || method === "HEAD"
        ? undefined
        : [junk(), `{"section":"squares","parameters":${junk()}`, "{}"][next(3)],
    });
    const text = await response.text();
    counts.set(response.status, (counts.get(response.status) ?? 0) + 1);
    assertLess(response.status, 500, `${method} ${path}: ${text.slice(0, 200)}`);
    assertEquals(text.includes(root) || /\bat .*\.tsx?:\d+/.test(text), false, `${method} ${path}`);
  }
  for (const status of [400, 404, 405, 415]) {
    assert(counts.has(status), `${status} in ${JSON.stringify([...counts])}`);
  }
  assertEquals((await ask("/health")).status, 200);
  assertEquals((await test.events((await test.start()).id)).at(-1)!.event.type, "done");
});

Deno.test("the API is described, and every path of the description is there", async () => {
  await using test = await openTestGallery();
  const ask = appOf(test);
  const description = await (await ask("/api/openapi.json")).json();
  assertEquals(description.openapi, "3.1.0");
  assert(description.components.schemas["parameters-squares"].properties.steps.maximum > 0);
  for (const [path, methods] of Object.entries<Record<string, unknown>>(description.paths)) {
    const address = path.replaceAll(/\{\w+\}/g, "squares");
    const allowed = (await ask(address, { method: "OPTIONS" })).headers.get("allow");
    assertEquals(allowed?.toLowerCase().split(", ").sort(), Object.keys(methods).sort(), path);
  }
  const { paths } = description;
  const references = JSON.stringify(paths).match(/#\/components\/schemas\/[\w-]+/g)!;
  for (const reference of references) {
    assert(reference.split("/").at(-1)! in description.components.schemas, reference);
  }
});

Deno.test("metrics: numbers that count what happens", async () => {
  await using test = await openTestGallery();
  const ask = appOf(test);
  await test.events((await test.start()).id);
  await ask("/nothing");
  const text = await (await ask("/metrics")).text();
  assertStringIncludes(text, 'gallery_jobs_ended_total{how="done"} 1\n');
  assertStringIncludes(text, "gallery_results 1\n");
  assertStringIncludes(text, 'gallery_answers_total{status="4xx"} 1\n');
});

Deno.test("rate limits: so many at once, then one by one, each client for itself", () => {
  const limit = new RateLimit(60, 3);
  assertEquals([1, 2, 3, 4].map(() => limit.take("a", 0)), [0, 0, 0, 1]);
  assertEquals(limit.take("b", 0), 0);
  assertEquals([limit.take("a", 1000), limit.take("a", 1000)], [0, 1]);
  assertEquals([1, 2, 3, 4].map(() => limit.take("a", 1e6)), [0, 0, 0, 1]);
});

Deno.test("settings: what cannot be is refused by name", () => {
  const read = (values: Partial<Record<SettingName, string>>) => readSettings((name) => values[name]);
  assertEquals(read({}).hosts, ["localhost", "127.0.0.1", "[::1]"]);
  assertEquals(read({ GALLERY_WORKERS: "3" }).workers, 3);
  for (const value of ["0", "many", "-1", "1e99"]) {
    try {
      read({ GALLERY_WORKERS: value });
      assert(false, value);
    } catch (error) {
      assertMatch(
        (error as Error).message,
        /^GALLERY_WORKERS: ".*" where a number from 1 to 64 is expected$/,
      );
    }
  }
});

Deno.test("a script of an earlier build is not found, and no fault of the server's", async () => {
  await using test = await openTestGallery();
  const app = createApp(test.gallery);
  app.get("/_fresh/js/:build/gone.js", () => Deno.open(join(root, "gone.js")) as never);
  app.get("/gone", () => Deno.open(join(root, "gone.js")) as never);
  apply(app);
  const status = async (path: string) => {
    const response = await app.handler()(new Request(`http://localhost${path}`));
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await status("/_fresh/js/earlier/gone.js"), 404);
  assertEquals(await status("/gone"), 500);
});

Deno.test("what a tab computes with: models whole and in parts, nothing else of the project", async () => {
  await using test = await openTestGallery();
  const ask = appOf(test);
  const path = "/tab/models/mnist-class/unet/diffusion_pytorch_model.safetensors";
  const whole = await ask(path);
  const expected = await Deno.readFile(join(root, path.slice(5)));
  assertEquals(await whole.bytes(), expected);
  const etag = whole.headers.get("etag")!;
  const headers = { range: "bytes=1000000-", "if-range": etag };
  const rest = await ask(path, { headers });
  assertEquals(rest.status, 206);
  assertEquals(rest.headers.get("content-range"), `bytes 1000000-${expected.length - 1}/${expected.length}`);
  assertEquals(await rest.bytes(), expected.subarray(1_000_000));
  // A part of another file is of no use.
  const changed = await ask(path, { headers: { ...headers, "if-range": '"other"' } });
  assertEquals([changed.status, (await changed.bytes()).length], [200, expected.length]);
  assertEquals((await ask(path, { headers: { "if-none-match": etag } })).status, 304);
  for (
    const other of ["models/mnist-class/README.md", "models", "models/..%2f..%2fdeno.json", "no.js", "digits"]
  ) {
    const response = await ask(`/tab/${other}`);
    assertEquals(response.status, 404, other);
    await response.body?.cancel();
  }
});
