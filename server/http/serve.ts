/**
 * Serves over HTTP/1.1 with time limits, through `node:http`: Deno's own server has none for connections that send nothing, or
 * their headers byte by byte (Deno 2.9), and each of them stays open for ever.
 *
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MalformedRequestError, requestOf } from "./node_request.ts";
import { problemResponse, RequestError } from "./problem.ts";
import { sendResponse } from "./node_response.ts";
import type { Handler } from "./well_addressed.ts";

/** How long connections may take, in milliseconds. */
export interface TimeLimits {
  /** From the start of a connection, or of a request, until the headers are there. */
  readonly headers: number;
  /** From the start of a request until its body is there. */
  readonly request: number;
  /** From an answer to the next request. */
  readonly idle: number;
  /** Without a byte in either direction, in the middle of a request or an answer. */
  readonly silence: number;
}

/** Time enough for slow lines; streams of events say every 15 s that they are there. */
const limits: TimeLimits = { headers: 10_000, request: 120_000, idle: 20_000, silence: 60_000 };

/** How many bytes of headers a request may have: links have all parameters in their address. */
const HEADER_BYTES = 65_536;

/** How {@linkcode serve} works. */
export interface ServeOptions {
  /** The address to listen on, no name. */
  readonly address: string;
  /** The port; 0 for any. */
  readonly port: number;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** What to do when it listens. */
  readonly onListen: (address: AddressInfo) => void;
  /** Other time limits. */
  readonly limits?: Partial<TimeLimits>;
}

/**
 * Serves until the signal is aborted.
 *
 * @param handler Answers requests.
 * @param options Where, and how.
 * @throws {Error} if it cannot listen there; its `code` is the system's.
 */
export async function serve(handler: Handler, options: ServeOptions): Promise<void> {
  const { headers, request, idle, silence } = { ...limits, ...options.limits };
  const server = createServer({
    headersTimeout: headers,
    requestTimeout: request,
    keepAliveTimeout: idle,
    connectionsCheckingInterval: Math.min(1000, headers),
    maxHeaderSize: HEADER_BYTES,
  }, (message, response) => void answer(handler, message, response, silence));
  server.timeout = silence;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.once("close", resolve);
  server.listen(options.port, options.address, () => options.onListen(server.address() as AddressInfo));
  const end = () => close(server);
  options.signal.addEventListener("abort", end, { once: true });
  if (options.signal.aborted) end();
  try {
    await promise;
  } finally {
    options.signal.removeEventListener("abort", end);
  }
}

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}

async function answer(
  handler: Handler,
  message: IncomingMessage,
  response: ServerResponse,
  silence: number,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const found = await responseTo(handler, message, gone.signal);
    await sendResponse(message, response, found, gone.signal, silence);
  } catch (error) {
    if (gone.signal.aborted) return;
    console.error("http:", error);
    response.destroy();
  }
}

async function responseTo(
  handler: Handler,
  message: IncomingMessage,
  signal: AbortSignal,
): Promise<Response> {
  try {
    const request = requestOf(message, signal);
    const { remoteAddress = "", remotePort = 0 } = message.socket;
    const response = await handler(request, {
      remoteAddr: { transport: "tcp", hostname: remoteAddress, port: remotePort },
      completed: new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true })),
    });
    return response;
  } catch (error) {
    if (error instanceof MalformedRequestError) {
      return problemResponse(new RequestError(error.status, error.message));
    }
    if (!signal.aborted) console.error("http:", error);
    return problemResponse(new RequestError(500, "Something went wrong here; the server's log says what."));
  }
}
