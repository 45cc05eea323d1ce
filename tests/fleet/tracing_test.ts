/** One trace from the request at a gallery to the result of a worker, as Deno exports it to a collector. */
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { writeTextToImage } from "../models/text_to_image_folder.ts";
import { until } from "../server/gallery.ts";
import { startProgram } from "./program.ts";
import { hasRedis, startRedis } from "./redis.ts";
import { startWorkerTask, temporaryFolder } from "./worker_task.ts";

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
    const [run, compute, keep, section, put] = ["run", "compute", "keep", "section", "put"].map((name) =>
      only(`job ${name}`)
    );
    const requests = spans.filter(({ name, service }) => name === "job request" && service === "gallery");
    assert(requests.length >= 2);
    const request = requests.find(({ spanId }) => spanId === run.parentSpanId)!;
    assertEquals([request.service, run.service, keep.service], ["gallery", "worker", "worker"]);
    assertEquals(new Set([request, run, compute, keep, section, put].map(({ traceId }) => traceId)).size, 1);
    assertEquals([compute.parentSpanId, keep.parentSpanId], [run.spanId, run.spanId]);
    assertEquals([section.parentSpanId, put.parentSpanId], [compute.spanId, compute.spanId]);
    assertEquals([request.kind, run.kind], [4, 5], "a producer's and a consumer's");
    assert(BigInt(request.startTimeUnixNano) <= BigInt(run.startTimeUnixNano));
    assert(BigInt(compute.endTimeUnixNano) <= BigInt(keep.startTimeUnixNano));
    const attribute = (span: Span, name: string) => span.attributes.find(({ key }) => key === name)?.value;
    assertEquals(attribute(run, "job.outcome"), { stringValue: "done" });
    // Whoever asked while it ran was led to the same job; before there was a worker, to none.
    const ids = requests.map((span) => attribute(span, "job.id")?.stringValue).filter(Boolean);
    assertEquals(new Set(ids), new Set([attribute(run, "job.id")!.stringValue]));
  },
});

Deno.test({
  name:
    "spans in the process that computes: prompts, networks and each stage, and the images that are handed over",
  ignore: !hasRedis,
  async fn() {
    await using folder = await temporaryFolder();
    await using collector = startCollector();
    await using redis = await startRedis({ appendfsync: "everysec" });
    const at = (...names: string[]) => join(folder.path, ...names);
    const [first, second] = [await writeTextToImage(at("I"), "I"), await writeTextToImage(at("II"), "II")];
    const fleet = ["--queue", redis.address, "--store", at("store")];
    const { spans, env } = collector;
    const models = ["--model", first, "--model", second];
    {
      await using _worker = await startWorkerTask([...fleet, ...models], {
        ...env("worker"),
        GALLERY_DATA: at("data"),
      });
      const args = ["a cat", "--model", first, "--upscale", second, "--steps", "3", "--upscale-steps", "2"];
      const { success, stderr } = await new Deno.Command("deno", {
        args: ["task", "--quiet", "sample", ...args, "--count", "2", "--out", at("out"), ...fleet],
        env: env("client"),
      }).output();
      assert(success, new TextDecoder().decode(stderr));
    }
    const run = spans.find(({ name }) => name === "job run")!;
    const own = spans.filter(({ traceId }) => traceId === run.traceId);
    const [request] = own.filter(({ spanId }) => spanId === run.parentSpanId);
    assertEquals([request.name, request.service], ["job request", "client"]);
    const named = (name: string) => own.filter((span) => span.name === `job ${name}`);
    const [section] = named("section");
    assertEquals(section.parentSpanId, named("compute")[0].spanId);
    const numbers = (span: Span, ...names: string[]) =>
      names.map((name) => {
        const { intValue, doubleValue } = span.attributes.find(({ key }) => key === name)!.value;
        return Number(intValue ?? doubleValue);
      });
    const [encode, stages] = [named("encode"), named("stage")];
    assertEquals(encode.map((span) => numbers(span, "prompts")), [[2]]);
    // With guidance, two questions a step, each of both images.
    assertEquals(stages.map((span) => numbers(span, "stage.runs", "stage.queries")), [[3, 6], [2, 4]]);
    assertEquals(named("open network").length, 2);
    for (const span of [...encode, ...stages, ...named("open network")]) {
      assertEquals([span.parentSpanId, span.service], [section.spanId, "worker"], span.name);
    }
    assert(BigInt(stages[0].endTimeUnixNano) <= BigInt(stages[1].startTimeUnixNano));
    assertEquals(named("put").length, 2, "an image each");
  },
});
