/**
 * Traces of jobs, from the request to the result, whichever processes take part. Deno exports them where `OTEL_DENO` is true; else
 * nothing is recorded.
 *
 * @module
 */
import {
  type Attributes,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";

/** What a span is of. */
export interface SpanOptions {
  /** What is known of it when it begins. */
  readonly attributes?: Attributes;
  /** Whether it hands a job to a queue, or takes it from there; defaults to neither. */
  readonly kind?: "producer" | "consumer";
  /** The span that led to it in another process: what {@linkcode traceParent} gave there. Defaults to the one around it. */
  readonly parent?: string;
}

const kinds = { producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER } as const;

/** The span around this, for another process: the `traceparent` of W3C's Trace Context; undefined where nothing is recorded. */
export function traceParent(): string | undefined {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/**
 * Does something within a span.
 *
 * @param name What is done.
 * @param options What is known of it.
 * @param f Does it; what it throws is noted.
 * @returns What it returns.
 */
export async function traced<T>(
  name: string,
  options: SpanOptions,
  f: (span: Span) => Promise<T>,
): Promise<T> {
  const { attributes, kind, parent } = options;
  const around = parent === undefined
    ? context.active()
    : propagation.extract(context.active(), { traceparent: parent });
  const own = { attributes, kind: kind && kinds[kind] };
  return await trace.getTracer("denoise").startActiveSpan(name, own, around, async (span) => {
    try {
      return await f(span);
    } catch (error) {
      span.setStatus({
        code: SpanStatusCode.ERROR,
        message: error instanceof Error ? error.name : String(error),
      });
      throw error;
    } finally {
      span.end();
    }
  });
}
