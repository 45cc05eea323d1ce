/** One trace from the request at a gallery to the result of a worker, as Deno exports it to a collector. */
import { assert, assertEquals } from "@std/assert";
import { until } from "../server/gallery.ts";
import { startProgram } from "./program.ts";
import { hasRedis, startRedis } from "./redis.ts";

/** A span as OTLP has it in JSON, as far as it matters here. */
interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  /** The program that has sent it. */
  readonly service: string;
}

/** Takes what programs export. */
function startCollector() {
  const spans: Span[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const body = await request.json();
    for (const { resource, scopeSpans } of body.resourceSpans ?? []) {
      const service = resource.attributes.find(({ key }: { key: string }) =>
        key === "service.name"
      ).value.stringValue;
      for (const scope of scopeSpans) {
        for (const span of scope.spans) if (span.name.startsWith("job ")) spans.push({ ...span, service });
      }
    }
    return Response.json({});
  });
  return {
    spans,
    env: (service: string) => ({
      OTEL_DENO: "true",
      OTEL_SERVICE_NAME: service,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.addr.port}`,
      OTEL_BSP_SCHEDULE_DELAY: "200",
    }),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test({
  name:
    "the spans of a job at a gallery and at a worker are of one trace, in order; one that asks too has its own",
  ignore: !hasRedis,
  async fn() {
    const store = await Deno.makeTempDir({ prefix: "shared-" });
    await using collector = startCollector();
    await using redis = await startRedis({ appendfsync: "everysec" });
    const { spans, env } = collector;
    {
      await using gallery = await startProgram(
        "./gallery_program.ts",
        [redis.address, store],
        env("gallery"),
      );
      await using worker = await startProgram(
        "./worker_program.ts",
        [redis.address, store, "", "3000"],
        env("worker"),
      );
      const ask = async () => {
        const response = await fetch(`${gallery.said}/api/jobs`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ section: "squares", parameters: { steps: 20, wait: 50 } }),
        });
        return await response.json();
      };
      await until(async () => (await ask()).id !== undefined, "the worker is known");
      const { id } = await ask();
      await (await fetch(`${gallery.said}/api/jobs/${id}/events`)).text();
      await until(() => spans.some(({ name }) => name === "job run"), "it is exported");
      await worker.stop();
      await gallery.stop();
    }
    await Deno.remove(store, { recursive: true });
    const only = (name: string) => {
      const found = spans.filter((span) => span.name === name);
      assertEquals(found.length, 1, name);
      return found[0];
    };
    const [run, compute, keep] = ["job run", "job compute", "job keep"].map(only);
    const requests = spans.filter(({ name, service }) => name === "job request" && service === "gallery");
    assert(requests.length >= 2);
    const request = requests.find(({ spanId }) => spanId === run.parentSpanId)!;
    assertEquals([request.service, run.service, keep.service], ["gallery", "worker", "worker"]);
    assertEquals(new Set([request, run, compute, keep].map(({ traceId }) => traceId)).size, 1);
    assertEquals([compute.parentSpanId, keep.parentSpanId], [run.spanId, run.spanId]);
    assertEquals([request.kind, run.kind], [4, 5], "a producer's and a consumer's");
    assert(BigInt(request.startTimeUnixNano) <= BigInt(run.startTimeUnixNano));
    assert(BigInt(compute.endTimeUnixNano) <= BigInt(keep.startTimeUnixNano));
    const attribute = (span: Span, name: string) => span.attributes.find(({ key }) => key === name)?.value;
    assertEquals(attribute(run, "job.outcome"), { stringValue: "done" });
    // Whoever asked while it ran was led to the same job.
    assertEquals(
      new Set(requests.map((span) => attribute(span, "job.id")?.stringValue)),
      new Set([attribute(run, "job.id")!.stringValue]),
    );
  },
});
