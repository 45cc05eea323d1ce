/** Requests of `node:http` as the web has them. */
import type { IncomingMessage } from "node:http";

/** A request that cannot be one. */
export class MalformedRequestError extends Error {
  override name = "MalformedRequestError";
  /** The status of the answer. */
  readonly status: number;

  /**
   * @param status The status of the answer.
   * @param message What is wrong, in a sentence.
   */
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A name or an address, with a port or without: nothing else is the host of an address. */
const HOST = /^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i;

const methods: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * A message as a request.
 *
 * @param message The message.
 * @param signal Is aborted when the client has gone.
 * @throws {MalformedRequestError} if it is none.
 */
export function requestOf(message: IncomingMessage, signal: AbortSignal): Request {
  const method = message.method ?? "GET";
  if (!methods.includes(method)) throw new MalformedRequestError(501, "This method is not known here.");
  const url = addressOf(message);
  const headers = new Headers();
  try {
    for (let i = 0; i < message.rawHeaders.length; i += 2) {
      headers.append(message.rawHeaders[i], message.rawHeaders[i + 1]);
    }
  } catch {
    throw new MalformedRequestError(400, "A header of the request cannot be read.");
  }
  const body = method === "GET" || method === "HEAD" ? null : bodyOf(message);
  return new Request(url, { method, headers, body, signal });
}

function addressOf(message: IncomingMessage): string {
  const hosts = message.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host").length;
  const { host = "" } = message.headers;
  if (hosts !== 1 || !HOST.test(host)) {
    throw new MalformedRequestError(400, "Host: one name or address, with a port or without, is expected.");
  }
  const target = message.url ?? "/";
  // To a proxy, the whole address is sent; then it counts, not the header.
  const address = /^https?:\/\//i.test(target) ? target : `http://${host}${target}`;
  const isPath = target.startsWith("/") || address === target;
  if (!isPath || !URL.canParse(address) || new URL(address).username !== "") {
    throw new MalformedRequestError(400, "The request's address cannot be read.");
  }
  return address;
}

/** The body, no faster than it is read. */
function bodyOf(message: IncomingMessage): ReadableStream<Uint8Array<ArrayBuffer>> {
  let begun = false;
  let wanted = true;
  return new ReadableStream({
    pull(controller) {
      if (begun) return void message.resume();
      begun = true;
      message.on("data", (chunk: Uint8Array) => {
        if (!wanted) return;
        message.pause();
        controller.enqueue(Uint8Array.from(chunk));
      });
      message.once("end", () => wanted && controller.close());
      message.once("error", (error) => wanted && controller.error(error));
    },
    // What is left passes by when the request is answered.
    cancel: () => void (wanted = false),
  }, { highWaterMark: 0 });
}

/**
 * Lets the rest of a body pass unread: a client that still sends reads no answer before it is through.
 *
 * @param patience How long the rest may take, in milliseconds, before the connection is closed.
 */
export function discardBody(message: IncomingMessage, patience: number): void {
  const { socket } = message;
  const timer = setTimeout(() => socket.destroy(), patience);
  // A connection outlives its requests: what listens to it for one of them goes with that.
  const done = () => {
    clearTimeout(timer);
    socket.off("close", done);
  };
  message.once("end", done).once("close", done);
  socket.once("close", done);
  message.removeAllListeners("data").on("error", done).resume();
}
