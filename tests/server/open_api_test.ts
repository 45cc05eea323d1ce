/** What the API answers is what its description says. */
import { assert, assertEquals } from "@std/assert";
import { encodePng, full } from "../../lib/mod.ts";
import { type Operation, operations } from "../../server/api/operations.ts";
import type { JobStatus, WireResult } from "../../server/wire.ts";
import { openTestGallery, parseEvents } from "./gallery.ts";

type OperationId = keyof typeof operations;
type Ask = (operation: OperationId, path?: Record<string, string>, init?: RequestInit) => Promise<unknown>;

/** Asks, and holds the answer to its schema: what it lacks and what no schema speaks of is an error. */
function checked(ask: (path: string, init?: RequestInit) => Promise<Response>, seen: Set<string>): Ask {
  return async (id, values = {}, init = {}) => {
    const { method, path, answers }: Operation = operations[id];
    const { query = "", ...inPath } = values;
    const address = path.replaceAll(/\{(\w+)\}/g, (_, name) => inPath[name]) + query;
    const response = await ask(address, { ...init, method: method.toUpperCase() });
    const text = await response.text();
    const answer = answers[response.status];
    assert(answer, `${id}: ${response.status} ${text}`);
    seen.add(`${id} ${response.status}`);
    const { json, type = "application/json" } = answer;
    const found = response.headers.get("content-type")!;
    assert(found.startsWith(type.replace("*", "")), `${id}: ${found}`);
    if (!json) return text;
    const isStream = type === "text/event-stream";
    const sent = isStream ? parseEvents(text).map(({ event }) => event) : [JSON.parse(text)];
    assert(sent.length > 0, id);
    for (const value of sent) assertEquals(json.parse(value), value, id);
    return isStream ? sent : sent[0];
  };
}

const json = (body: unknown): RequestInit => ({
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

Deno.test("every operation answers by its schema", async () => {
  await using test = await openTestGallery();
  const seen = new Set<string>();
  const ask = checked(test.ask, seen);
  const none = { id: "none", key: "0".repeat(32), file: "none.png" };

  await ask("listSections");
  await ask("describeSection", { id: "squares" });
  await ask("listModels");
  await ask("listImages");
  await ask("readImage", { id: "cat" });
  await ask("describeApi");
  await ask("readVocabulary", { query: "?model=emoji-I" });
  await ask("readVocabulary", { query: "?model=emoji-I&prompt=a+rokcet" });
  await ask("readVocabulary", { query: "?model=mnist-time" });
  await ask("metrics");
  await ask("readFleet");

  const body = json({ section: "squares" });
  const { id, key } = await ask("startJob", {}, body) as JobStatus;
  await ask("watchJob", { id });
  await ask("readJob", { id });
  await ask("cancelJob", { id });
  await ask("startJob", {}, body);
  const { figures } = await ask("readResult", { key }) as WireResult;
  await ask("replayResult", { key });
  await ask("readFile", { key, file: figures[0].file });

  const failing = await ask(
    "startJob",
    {},
    json({ section: "squares", parameters: { end: "wrong" } }),
  ) as JobStatus;
  await ask("watchJob", { id: failing.id });
  const failed = await ask("readJob", { id: failing.id }) as JobStatus;
  assertEquals([failed.state, typeof failed.error?.message], ["failed", "string"]);

  const png = encodePng(full([1, 3, 4, 6], 0)) as Uint8Array<ArrayBuffer>;
  const kept = await ask("upload", {}, { headers: { "content-type": "image/png" }, body: png });
  await ask("readUpload", { id: (kept as { id: string }).id });
  await ask("upload", {}, { headers: { "content-type": "image/png" }, body: "none" });
  await ask("upload", {}, { headers: { "content-type": "text/plain" }, body: "none" });
  await ask("health");

  await ask("startJob", {}, json({ section: "squares", parameters: { size: -1 } }));
  await ask("startJob", {}, json({ section: "none" }));
  await ask("startJob", {}, { body: "none", headers: { "content-type": "text/plain" } });
  await ask("readVocabulary", { query: "?model=none" });
  for (const [operation, { path, answers }] of Object.entries<Operation>(operations)) {
    if (404 in answers && path.includes("{")) await ask(operation as OperationId, none);
  }

  const answers = Object.entries<Operation>(operations).flatMap(([operation, { answers }]) => {
    return Object.keys(answers).map((status) => `${operation} ${status}`);
  });
  // Those that take a full queue, disk or line, a fleet, or a gallery without workers; other tests bring them about.
  const rare = /^(startJob (413|429)|upload (413|429|507)|health 503|readFleet (200|401|429))$/;
  assertEquals(answers.filter((answer) => !seen.has(answer) && !rare.test(answer)), []);
});

Deno.test("the description refers to schemas that are there", async () => {
  await using test = await openTestGallery();
  const description = await (await test.ask("/api/openapi.json")).json();
  const references = [...JSON.stringify(description).matchAll(/"\$ref":"([^"]*)"/g)].map(([, target]) =>
    target
  );
  const known = Object.keys(description.components.schemas).map((name) => `#/components/schemas/${name}`);
  assertEquals(references.filter((target) => !known.includes(target)), []);
  const { jobState, field } = description.components.schemas;
  assertEquals(jobState.enum, ["queued", "running", "done", "failed", "cancelled"]);
  assertEquals(field.properties.item.$ref, "#/components/schemas/field");
});
