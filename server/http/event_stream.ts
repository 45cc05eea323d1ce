/** Server-sent events. */
import type { Entry } from "../jobs/event_log.ts";

/** How often a stream without news says that it is there, in milliseconds. */
const PULSE = 15_000;

/**
 * The number of the last event that a client knows, from the header by which browsers resume, or from the address.
 *
 * @returns 0 where it says nothing of use.
 */
export function lastEventId(request: Request, url: URL): number {
  const text = request.headers.get("last-event-id") ?? url.searchParams.get("after") ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

/**
 * A stream of numbered events that ends with the last.
 *
 * @param entries Makes the events; the signal is aborted when the client goes away.
 */
export function eventStream(
  entries: (signal: AbortSignal) => AsyncIterable<Entry> | Iterable<Entry>,
): Response {
  const abort = new AbortController();
  const encoder = new TextEncoder();
  let pulse: ReturnType<typeof setInterval> | undefined;
  let iterator: AsyncIterator<Entry> | Iterator<Entry>;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode("retry: 1000\n\n"));
      pulse = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(": here\n\n"));
      }, PULSE);
      const source = entries(abort.signal);
      iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    },
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) {
        clearInterval(pulse);
        controller.close();
        return;
      }
      controller.enqueue(encoder.encode(`id: ${value.id}\nevent: ${value.type}\ndata: ${value.json}\n\n`));
    },
    async cancel() {
      clearInterval(pulse);
      abort.abort();
      await iterator.return?.();
    },
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" },
  });
}
