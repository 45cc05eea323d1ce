/** The server over TCP: time limits, malformed requests, bodies and streams. */
import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { compressed } from "../../server/http/compress.ts";
import { serve, type ServeOptions } from "../../server/http/serve.ts";
import { type Handler, wellAddressed } from "../../server/http/well_addressed.ts";
import { until } from "./gallery.ts";

console.error = () => {};

interface Served extends AsyncDisposable {
  readonly port: number;
}

async function served(handler: Handler, limits: ServeOptions["limits"] = {}): Promise<Served> {
  const end = new AbortController();
  const listening = Promise.withResolvers<number>();
  const done = serve(handler, {
    address: "127.0.0.1",
    port: 0,
    signal: end.signal,
    limits,
    onListen: ({ port }) => listening.resolve(port),
  });
  const port = await listening.promise;
  return {
    port,
    async [Symbol.asyncDispose]() {
      end.abort();
      await done;
    },
  };
}

const hello: Handler = (request) =>
  Promise.resolve(Response.json({ url: request.url, cookies: request.headers.get("cookie") }));

/** Sends bytes, then one more every 50 ms where `drip` is given; what comes back until the server closes. */
async function raw(port: number, text: string, drip?: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
  if (text) await connection.write(latin(text));
  const timer = drip && setInterval(() => connection.write(latin(drip)).catch(() => {}), 50);
  let heard = "";
  const buffer = new Uint8Array(65_536);
  try {
    for (let n; (n = await connection.read(buffer)) !== null;) {
      heard += new TextDecoder().decode(buffer.subarray(0, n));
    }
  } catch {
    // Reset: closed as well.
  }
  clearInterval(timer || undefined);
  return heard;
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (?!100)(\d{3})/m.exec(answer)?.[1]);

Deno.test("connections that send nothing, or their headers drop by drop, are closed; fifty do not keep others out", async () => {
  await using server = await served(hello, { headers: 500, idle: 500, request: 1000, silence: 2000 });
  const { port } = server;
  const begun = performance.now();
  const idle = Array.from({ length: 50 }, () => raw(port, ""));
  const others = [
    raw(port, "GET / HTTP/1.1\r\nHost: a"),
    raw(port, "GET / HTTP/1.1\r\nHost: localhost\r\nx: ", "x"),
    raw(port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    raw(port, "POST / HTTP/1.1\r\nHost: localhost\r\ncontent-length: 9999\r\n\r\n", "x"),
  ];
  const response = await fetch(`http://127.0.0.1:${port}/`);
  assertEquals(response.status, 200);
  await response.body?.cancel();
  const answers = await Promise.all([...idle, ...others]);
  assertLess(performance.now() - begun, 6000);
  assertEquals(answers.slice(0, 52).map(statusOf), Array(52).fill(408));
  assertEquals(statusOf(answers[52]), 200, "an answer, and no next request");
});

Deno.test("who takes nothing of an answer is let go, and so is what made it", async () => {
  let ended = false;
  await using server = await served(() =>
    Promise.resolve(
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
          cancel: () => void (ended = true),
        }),
      ),
    ), { silence: 500 });
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  await until(() => ended, "the stream was cancelled");
});

Deno.test("a stream of events comes as it is made, and its end is heard when the client goes", async () => {
  let ended = false;
  const encoder = new TextEncoder();
  await using server = await served(() =>
    Promise.resolve(
      new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(encoder.encode("data: 1\n\n")),
          cancel: () => void (ended = true),
        }),
        { headers: { "content-type": "text/event-stream" } },
      ),
    )
  );
  const response = await fetch(`http://127.0.0.1:${server.port}/`);
  assertEquals(response.headers.get("content-encoding"), null);
  const reader = response.body!.getReader();
  assertEquals(new TextDecoder().decode((await reader.read()).value), "data: 1\n\n");
  await reader.cancel();
  await until(() => ended, "the stream was cancelled");
});

Deno.test("a stream that says once in a while that it is there is not cut off", async () => {
  let timer: ReturnType<typeof setInterval> | undefined;
  await using server = await served(() =>
    Promise.resolve(
      new Response(
        new ReadableStream({
          start: (controller) => {
            timer = setInterval(() => controller.enqueue(new TextEncoder().encode(": here\n\n")), 100);
          },
          cancel: () => clearInterval(timer),
        }),
        { headers: { "content-type": "text/event-stream" } },
      ),
    ), { headers: 300, idle: 300, request: 500, silence: 500 });
  const begun = performance.now();
  const response = await fetch(`http://127.0.0.1:${server.port}/`);
  for await (const _ of response.body!) if (performance.now() - begun > 3000) break;
  assert(performance.now() - begun > 3000);
});

Deno.test("malformed requests have a status of their own, never 500, and no stack", async () => {
  await using server = await served(hello, { idle: 100, headers: 10_000 });
  const host = "Host: localhost\r\n";
  const cases: [string, number][] = [
    ["GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: a@localhost\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: localhost:99999\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: localhost/x\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: \r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: \xe4\r\n\r\n", 400],
    [`GET / HTTP/1.1\r\n${host}Host: evil.example\r\n\r\n`, 400],
    ["GET / HTTP/1.1\r\n\r\n", 400],
    ["GET / HTTP/1.0\r\n\r\n", 400],
    [`OPTIONS * HTTP/1.1\r\n${host}\r\n`, 400],
    [`GET http://a@localhost/ HTTP/1.1\r\n${host}\r\n`, 400],
    [`GET http://[/ HTTP/1.1\r\n${host}\r\n`, 400],
    [`GET /\xff HTTP/1.1\r\n${host}\r\n`, 400],
    [`TRACE / HTTP/1.1\r\n${host}\r\n`, 501],
    [`BREW / HTTP/1.1\r\n${host}\r\n`, 400],
    [`GET /${"x".repeat(100_000)} HTTP/1.1\r\n${host}\r\n`, 431],
    [`POST / HTTP/1.1\r\n${host}content-length: many\r\n\r\n`, 400],
    [`POST / HTTP/1.1\r\n${host}transfer-encoding: chunked\r\n\r\nzz\r\n`, 400],
    ["\x16\x03\x01\x02\x00\x01", 400],
    [`GET /${"x".repeat(40_000)} HTTP/1.1\r\n${host}\r\n`, 200],
    [`GET / HTTP/1.1\r\n${host}cookie: \xc3\xa4\r\n\r\n`, 200],
    [`GET / HTTP/1.1\r\n${host}connection: upgrade\r\nupgrade: websocket\r\n\r\n`, 200],
    [`GET //evil.example/ HTTP/1.1\r\n${host}\r\n`, 200],
  ];
  const answers = await Promise.all(cases.map(([request]) => raw(server.port, request)));
  for (const [i, [request, status]] of cases.entries()) {
    const answer = answers[i];
    assertEquals(
      statusOf(answer),
      status,
      `${JSON.stringify(request.slice(0, 80))}: ${answer.slice(0, 300)}`,
    );
    assertEquals(/\bat .*:\d+/.test(answer), false);
  }
  const proxied = await raw(server.port, `GET http://evil.example/x HTTP/1.1\r\n${host}\r\n`);
  assertStringIncludes(proxied, '"url":"http://evil.example/x"');
});

Deno.test("a handler that throws is answered with 500 and no stack", async () => {
  await using server = await served(() => Promise.reject(new Error("secret")));
  const response = await fetch(`http://127.0.0.1:${server.port}/`);
  assertEquals(response.status, 500);
  assertEquals(/secret|\bat\b.*:\d+/.test(await response.text()), false);
});

Deno.test("bodies: large ones whole, those that nobody reads let through, several cookies, texts compressed", async () => {
  const text = "a text that is long enough to be compressed. ".repeat(200);
  await using server = await served(async (request) => {
    switch (new URL(request.url).pathname) {
      case "/refused":
        return new Response("no", { status: 413 });
      case "/half": {
        const reader = request.body!.getReader();
        await reader.read();
        await reader.cancel();
        return new Response("half", { status: 413 });
      }
      case "/text":
        return compressed(
          request,
          new Response(text, {
            headers: { "content-type": "text/html", "content-length": `${text.length}` },
          }),
        );
    }
    const bytes = await request.bytes();
    return Response.json(bytes.reduce((sum, byte) => sum + byte, 0), {
      headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"]],
    });
  });
  const address = `http://127.0.0.1:${server.port}`;
  const body = Uint8Array.from({ length: 13_000_000 }, (_, i) => i % 251);
  const whole = await fetch(address, { method: "POST", body });
  assertEquals(await whole.json(), body.reduce((sum, byte) => sum + byte, 0));
  assertEquals(whole.headers.getSetCookie(), ["a=1", "b=2"]);
  for (const path of ["/refused", "/half"]) {
    const response = await fetch(address + path, { method: "POST", body });
    assertEquals([response.status, (await response.text()).length < 5], [413, true], path);
  }
  const response = await fetch(`${address}/text`);
  assertEquals([response.headers.get("content-encoding"), await response.text()], ["gzip", text]);
  const plain = await fetch(`${address}/text`, { headers: { "accept-encoding": "gzip;q=0, br" } });
  assertEquals([plain.headers.get("content-encoding"), await plain.text()], [null, text]);
  const head = await fetch(`${address}/text`, { method: "HEAD" });
  assertEquals([head.status, await head.text()], [200, ""]);
});

Deno.test("under any server, a request whose address cannot be read is answered with 400", async () => {
  const request = Object.create(Request.prototype, { url: { value: "http://a b/" } }) as Request;
  const response = await wellAddressed(hello)(request);
  assertEquals(response.status, 400);
  assert((await response.json()).detail.includes("Host"));
});
