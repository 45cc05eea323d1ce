/** Connections that are kept for many requests. */
import { assertEquals, assertLess } from "@std/assert";
import { Agent, createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { discardBody } from "../../server/http/node_request.ts";

Deno.test("a connection that is kept does not gather listeners of the requests that it has carried", async () => {
  const counts: number[] = [];
  const ports = new Set<number | undefined>();
  const server = createServer((message, response) => {
    counts.push(message.socket.listenerCount("close"));
    ports.add(message.socket.remotePort);
    response.end("answer");
    discardBody(message, 1000);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { port } = server.address() as AddressInfo;
  try {
    for (let i = 0; i < 15; i++) {
      await new Promise<void>((resolve, reject) => {
        get({ host: "127.0.0.1", port, agent }, (response) => response.on("end", resolve).resume()).on(
          "error",
          reject,
        );
      });
    }
  } finally {
    agent.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
  assertEquals(ports.size, 1); // else there was nothing to gather on
  assertLess(Math.max(...counts.slice(1)), counts[0] + 3);
});
