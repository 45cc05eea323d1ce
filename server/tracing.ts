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
  /** Its initial attributes. */
  readonly attributes?: Attributes;
  /** Whether it hands a job to a queue, or takes it from there; defaults to neither. */
  readonly kind?: "producer" | "consumer";
  /** The span that led to it in another process: what {@linkcode traceParent} gave there. Defaults to the one around it. */
  readonly parent?: string;
}

/** What says where spans are exported to, and how. */
const variables = [
  "OTEL_DENO",
  "OTEL_SERVICE_NAME",
  "OTEL_RESOURCE_ATTRIBUTES",
  "OTEL_PROPAGATORS",
  ...["ENDPOINT", "TRACES_ENDPOINT", "PROTOCOL", "HEADERS", "TIMEOUT", "CERTIFICATE"].map((name) =>
    `OTEL_EXPORTER_OTLP_${name}`
  ),
  ...["CLIENT_KEY", "CLIENT_CERTIFICATE"].map((name) => `OTEL_EXPORTER_OTLP_${name}`),
  ...["SCHEDULE_DELAY", "MAX_QUEUE_SIZE", "MAX_EXPORT_BATCH_SIZE"].map((name) => `OTEL_BSP_${name}`),
];

/** The variables by which a process that is started exports its spans as this one does; none where they may not be read. */
export function tracingVariables(): Record<string, string> {
  return Object.fromEntries(variables.flatMap((variable) => {
    const { state } = Deno.permissions.querySync({ name: "env", variable });
    const value = state === "granted" ? Deno.env.get(variable) : undefined;
    return value === undefined ? [] : [[variable, value]];
  }));
}

const kinds = { producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER } as const;

/** The span around this, for another process: the `traceparent` of W3C's Trace Context; undefined where nothing is recorded. */
export function traceParent(): string | undefined {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/**
 * Begins a span that whoever has it ends: for what is no one call.
 *
 * @param name What is done.
 * @param options What is known of it.
 */
export function spanFrom(name: string, options: SpanOptions): Span {
  const { around, own } = startOf(options);
  return trace.getTracer("denoise").startSpan(name, own, around);
}

/**
 * Does something within a span.
 *
 * @param name The span's name.
 * @param options What is known of it.
 * @param f The function; its errors are recorded.
 * @returns Its result.
 */
export async function traced<T>(
  name: string,
  options: SpanOptions,
  f: (span: Span) => Promise<T>,
): Promise<T> {
  const { around, own } = startOf(options);
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

/** Where a span belongs, and what it begins with. */
function startOf({ attributes, kind, parent }: SpanOptions) {
  const around = parent === undefined
    ? context.active()
    : propagation.extract(context.active(), { traceparent: parent });
  return { around, own: { attributes, kind: kind && kinds[kind] } };
}
