/** What is said of results that are remembered. */
import { assertEquals } from "@std/assert";
import { relativeTime, wordsOf } from "../../components/lab/memory_words.ts";
import { fieldsOf, findSection, parseParameters } from "../../report/mod.ts";

const section = findSection("sampling");
const start = parseParameters(section, section.start ?? {});
const form = { fields: fieldsOf(section), start };

Deno.test("a result is told by its subject, and by what differs from what the form begins with", () => {
  assertEquals(wordsOf(start, form), { subject: "“a rocket ship”", changes: [] });
  assertEquals(wordsOf({ ...start, prompts: ["a cat"], seed: 7, stepCounts: [10], upscale: "none" }, form), {
    subject: "“a cat”",
    changes: ["10 steps", "seed 7", "not upscaled"],
  });
  assertEquals(wordsOf({ trainSteps: 60, seed: 1 }, undefined), { subject: "", changes: [] });
});

Deno.test("when something was is said as one says it", () => {
  const now = Date.UTC(2026, 5, 10, 12);
  const ago = (seconds: number) => relativeTime(now - 1000 * seconds, now, "en");
  assertEquals(
    [ago(5), ago(90), ago(59 * 60), ago(3 * 3600)],
    ["just now", "1 minute ago", "59 minutes ago", "3 hours ago"],
  );
  assertEquals(ago(5 * 24 * 3600).includes("Jun 5, 2026"), true);
});
