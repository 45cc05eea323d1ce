import { assertEquals, assertRejects } from "@std/assert";
import { Latest } from "../../tab/latest.ts";

Deno.test("of the questions that come while one is asked, the last alone is asked next", async () => {
  const latest = new Latest();
  const asked: string[] = [];
  const gates = new Map<string, () => void>();
  const ask = (name: string) =>
    latest.run(async () => {
      asked.push(name);
      await new Promise<void>((resolve) => gates.set(name, resolve));
      return name;
    });
  const answers = [ask("a"), ask("b"), ask("c")];
  assertEquals(asked, ["a"]);
  assertEquals(await answers[1], undefined);
  gates.get("a")!();
  assertEquals(await answers[0], "a");
  assertEquals(latest.busy, true);
  await Promise.resolve();
  assertEquals(asked, ["a", "c"]);
  const later = ask("d");
  gates.get("c")!();
  assertEquals(await answers[2], "c");
  await Promise.resolve();
  gates.get("d")!();
  assertEquals(await later, "d");
  assertEquals([asked, latest.busy], [["a", "c", "d"], false]);
});

Deno.test("a question that fails lets the next be asked", async () => {
  const latest = new Latest();
  const failing = latest.run(() => Promise.reject(new Error("no network")));
  const next = latest.run(() => Promise.resolve(7));
  await assertRejects(() => failing, Error, "no network");
  assertEquals(await next, 7);
  assertEquals(latest.busy, false);
});
