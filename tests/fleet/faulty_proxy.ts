/** A proxy in front of a service, which lets through, slows down, refuses, cuts and hangs. */

/** What it does with connections. */
export type ProxyMode = "pass" | "slow" | "refuse" | "forbid" | "cut" | "hang";

/** How much later what goes through a slow one arrives, in milliseconds. */
const DELAY = 500;

/** The proxy. */
export interface FaultyProxy extends AsyncDisposable {
  readonly port: number;
  /** How many connections it has not let through, or not at once. */
  readonly faults: number;
  /** Does something else from now on. Connections that are open end; once it lets through again, only those that hang. */
  turn(mode: ProxyMode): void;
}

const answers: Partial<Record<ProxyMode, string>> = {
  refuse: "503 Slow Down",
  forbid: "403 Forbidden",
};

/** Passes bytes on later. */
function delayed(milliseconds: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  return new TransformStream({
    async transform(chunk, controller) {
      if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds));
      controller.enqueue(chunk);
    },
  });
}

/** Starts one that lets everything through. */
export function startProxy(target: Deno.ConnectOptions): FaultyProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  let mode: ProxyMode = "pass";
  let faults = 0;
  const close = (connection: Deno.Conn) => {
    if (!open.delete(connection)) return;
    try {
      connection.close();
    } catch {
      // The other end has.
    }
  };
  const serve = async (connection: Deno.Conn): Promise<void> => {
    open.add(connection);
    try {
      if (mode !== "pass") faults++;
      if (mode === "pass" || mode === "slow") {
        const delay = mode === "slow" ? DELAY : 0;
        const other = await Deno.connect(target);
        open.add(other);
        await Promise.race([
          connection.readable.pipeThrough(delayed(delay)).pipeTo(other.writable),
          other.readable.pipeTo(connection.writable),
        ]).finally(() => close(other));
        return close(connection);
      }
      const answer = answers[mode];
      // The request is read, at least its beginning.
      await connection.read(new Uint8Array(65_536));
      // It stays open until something else is done.
      if (mode === "hang") return;
      if (answer) {
        const text = `HTTP/1.1 ${answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`;
        await connection.write(new TextEncoder().encode(text));
      }
    } catch {
      // It was cut.
    }
    close(connection);
  };
  const accepting = (async () => {
    for await (const connection of listener) void serve(connection);
  })();
  const closeAll = () => [...open].forEach(close);
  return {
    port: listener.addr.port,
    get faults() {
      return faults;
    },
    turn(next) {
      if (next !== "pass" || mode === "hang") closeAll();
      mode = next;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      closeAll();
      await accepting.catch(() => {});
    },
  };
}
