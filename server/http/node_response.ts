/** Responses of the web, sent through `node:http`. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { discardBody } from "./node_request.ts";

/**
 * Sends a response to its end, no faster than it is taken.
 *
 * @param message What it answers.
 * @param response Where to send it.
 * @param from What to send.
 * @param gone Is aborted when the client has gone: the rest of the body is given up.
 * @param patience How long the client may take nothing, in milliseconds, before it counts as gone.
 */
export async function sendResponse(
  message: IncomingMessage,
  response: ServerResponse,
  from: Response,
  gone: AbortSignal,
  patience: number,
): Promise<void> {
  if (gone.aborted) return await from.body?.cancel();
  for (const [name, value] of from.headers) if (name !== "set-cookie") response.setHeader(name, value);
  const cookies = from.headers.getSetCookie();
  if (cookies.length > 0) response.setHeader("set-cookie", cookies);
  if (!message.readableEnded) discardBody(message, patience);
  response.writeHead(from.status);
  if (message.method === "HEAD" || !from.body) {
    await from.body?.cancel();
    response.end();
    return;
  }
  const reader = from.body.getReader();
  const give = () => void reader.cancel().catch(() => {});
  gone.addEventListener("abort", give, { once: true });
  // Headers go out before the first piece of a stream that takes its time.
  response.flushHeaders();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || gone.aborted) break;
      if (!response.write(value)) await drained(response, gone, patience);
    }
  } finally {
    gone.removeEventListener("abort", give);
  }
  if (!gone.aborted) response.end();
}

/** Waits until a client has taken what was sent, but not for ever. */
async function drained(response: ServerResponse, gone: AbortSignal, patience: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => resolve();
  const timer = setTimeout(() => response.destroy(), patience);
  response.once("drain", done);
  gone.addEventListener("abort", done, { once: true });
  await promise;
  clearTimeout(timer);
  response.off("drain", done);
  gone.removeEventListener("abort", done);
}
