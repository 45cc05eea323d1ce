/** A Redis of the tests' own: Debian's `redis-server` on a port of this machine. */
import { join } from "node:path";

/** Whether there is a `redis-server` that may be run; tests that need one are ignored where not. */
export const hasRedis = await new Deno.Command("redis-server", {
  args: ["--version"],
  stdout: "null",
  stderr: "null",
})
  .output().then(({ success }) => success, () => false);

if (!hasRedis) console.warn("redis-server is not installed: tests that need one are ignored");

/** A Redis that ends when it is disposed of. */
export interface TestRedis extends AsyncDisposable {
  /** Its address. */
  readonly address: string;
  /** Ends it as a kill does. */
  kill(): Promise<void>;
  /** Starts it again with what it had on its disk. */
  start(): Promise<void>;
  /** Ends it as a kill does, and starts it again. */
  restart(): Promise<void>;
}

/** Starts one; it writes down all that it does, at once unless told otherwise. */
export async function startRedis(
  options: { readonly password?: string; readonly appendfsync?: "always" | "everysec" } = {},
): Promise<TestRedis> {
  const folder = await Deno.makeTempDir({ prefix: "redis-" });
  const port = freePort();
  const start = async () => {
    const child = new Deno.Command("redis-server", {
      args: [
        ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
        ...["--appendonly", "yes", "--appendfsync", options.appendfsync ?? "always"],
        ...options.password ? ["--requirepass", options.password] : [],
      ],
      stdout: "null",
      stderr: "null",
    }).spawn();
    for (let i = 0; i < 400; i++) {
      if (await answers(port)) return child;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`redis-server does not answer; see ${join(folder)}`);
  };
  let child = await start();
  let runs = true;
  const stop = async () => {
    if (runs) child.kill("SIGKILL");
    runs = false;
    await child.status;
  };
  const again = async () => {
    child = await start();
    runs = true;
  };
  return {
    address: `redis://${options.password ? `:${options.password}@` : ""}127.0.0.1:${port}`,
    kill: stop,
    start: again,
    async restart() {
      await stop();
      await again();
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Whether it answers, and has read what is on its disk. */
async function answers(port: number): Promise<boolean> {
  try {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode("PING\r\n"));
    const bytes = new Uint8Array(64);
    const read = await connection.read(bytes) ?? 0;
    return /^(\+PONG|-NOAUTH)/.test(new TextDecoder().decode(bytes.subarray(0, read)));
  } catch {
    return false;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
