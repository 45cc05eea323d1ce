/** Clients behind proxies: only what trusted ones have written counts, and each has a limit of its own. */
import { assertEquals } from "@std/assert";
import { clientOf, isLocal } from "../../server/http/client.ts";
import type { TrustedProxies } from "../../server/http/forwarded.ts";
import { openTestGallery } from "./gallery.ts";

const connection = { remoteAddr: { transport: "tcp", hostname: "10.0.0.9", port: 1 } } as const;

function client(
  header: string,
  value: string,
  proxies = 1,
  proxyHeader: TrustedProxies["proxyHeader"] = "x-forwarded-for",
): string {
  return clientOf(connection, new Headers({ [header]: value }), { proxies, proxyHeader });
}

Deno.test("no proxy is trusted unless it is said: then the address is the connection's", () => {
  assertEquals(client("x-forwarded-for", "192.0.2.1", 0), "10.0.0.9");
  assertEquals(client("forwarded", "for=192.0.2.1", 0, "forwarded"), "10.0.0.9");
});

Deno.test("of X-Forwarded-For as many addresses count from the right as there are proxies", () => {
  const cases: [string, number, string][] = [
    ["192.0.2.1", 1, "192.0.2.1"],
    // A client has written the first one itself.
    ["198.51.100.7, 192.0.2.1", 1, "192.0.2.1"],
    ["198.51.100.7, 192.0.2.1, 10.0.0.2", 2, "192.0.2.1"],
    ["192.0.2.1", 2, "192.0.2.1"],
    ["192.0.2.1:4711", 1, "192.0.2.1"],
    ["[2001:db8::1]:4711", 1, "2001:db8:0:0"],
    ["2001:db8::1", 1, "2001:db8:0:0"],
    ["::ffff:192.0.2.1", 1, "192.0.2.1"],
    ["192.0.2.1, unknown", 1, "10.0.0.9"],
    ["<script>", 1, "10.0.0.9"],
    ["", 1, "10.0.0.9"],
    [",", 1, "10.0.0.9"],
  ];
  for (const [value, proxies, expected] of cases) {
    assertEquals(client("x-forwarded-for", value, proxies), expected, value);
  }
  assertEquals(client("forwarded", "for=192.0.2.1"), "10.0.0.9", "the other header says nothing");
});

Deno.test("Forwarded is read as RFC 7239 has it", () => {
  const cases: [string, string][] = [
    ["for=192.0.2.43", "192.0.2.43"],
    ['For="[2001:db8:cafe::17]:4711"', "2001:db8:cafe:0"],
    ["for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"],
    ['proto=http ; for="192.0.2.61:80"', "192.0.2.61"],
    ["for=192.0.2.43, for=198.51.100.17", "198.51.100.17"],
    ['for="a, for=192.0.2.1", for=198.51.100.17', "198.51.100.17"],
    ['for=198.51.100.17;host="a;for=192.0.2.1"', "198.51.100.17"],
    ["for=_hidden", "_hidden"],
    ["for=unknown", "10.0.0.9"],
    ["proto=http", "10.0.0.9"],
    ['for="', "10.0.0.9"],
  ];
  for (const [value, expected] of cases) {
    assertEquals(client("forwarded", value, 1, "forwarded"), expected, value);
  }
  assertEquals(client("x-forwarded-for", "192.0.2.1", 1, "forwarded"), "10.0.0.9");
});

Deno.test("who comes by a proxy on this machine is not of this machine", () => {
  const here = { remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 } } as const;
  const trusted = { proxies: 1, proxyHeader: "x-forwarded-for" } as const;
  assertEquals(isLocal(here, new Headers(), trusted), true);
  assertEquals(isLocal(here, new Headers({ "x-forwarded-for": "192.0.2.1" }), trusted), false);
  assertEquals(isLocal(here, new Headers({ "x-forwarded-for": "127.0.0.1" }), trusted), true);
  assertEquals(isLocal(connection, new Headers({ "x-forwarded-for": "127.0.0.1" }), trusted), false);
});

Deno.test("behind a proxy each client has its own share of jobs; without the setting all have one", async () => {
  for (const [proxies, statuses] of [["1", [202, 429, 202]], ["0", [202, 429, 429]]] as const) {
    await using opened = await openTestGallery({ GALLERY_JOBS_PER_MINUTE: "1", GALLERY_PROXIES: proxies });
    const ask = async (address: string, seed: number) => {
      const response = await opened.ask("/api/jobs", {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": address },
        body: JSON.stringify({ section: "squares", parameters: { seed } }),
      });
      await response.body?.cancel();
      return response.status;
    };
    assertEquals(
      [await ask("192.0.2.1", 1), await ask("192.0.2.1", 2), await ask("192.0.2.2", 3)],
      [...statuses],
    );
  }
});
