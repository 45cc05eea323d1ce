/** The report's folder where it cannot be written to: what was done stays, and what failed leaves nothing. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "node:path";
import { ArgumentError } from "../../lib/argument_error.ts";
import { ReportFolder } from "../../cli/report/folder.ts";
import type { SectionRecord } from "../../report/record.ts";
import type { Figure } from "../../report/section.ts";
import { namesIn } from "./task.ts";

const path = await Deno.makeTempDir();
const figure: Figure = {
  name: "a",
  caption: "c",
  alt: "d",
  media: { type: "image/png", width: 1, height: 1, bytes: Uint8Array.of(1, 2, 3) },
  rows: [],
  columns: [],
  cells: [],
  parameters: {},
};
const record: Omit<SectionRecord, "figures"> = {
  id: "forward",
  parameters: {},
  models: [],
  machine: { runtime: "", device: "cpu", system: "", instructions: "", threads: 1 },
  seconds: 1,
  made: "",
};

Deno.test({
  name: "a section that cannot be written is told, leaves nothing, and those that are done stay done",
  // As on a full disk, the second section's folder cannot be made.
  permissions: { read: true, write: [join(path, "forward")] },
  async fn() {
    const folder = new ReportFolder(path);
    const written = await folder.write(record, [figure]);
    const error = await assertRejects(
      () => folder.write({ ...record, id: "classical" }, [figure]),
      ArgumentError,
    );
    assertMatch(error.message, /^out: .*classical" where a folder that can be written to is expected/);
    assertEquals(await namesIn(path), ["forward"]);
    assertEquals(await folder.section("forward"), written);
    assertEquals(await folder.section("classical"), undefined);
  },
});

Deno.test("a figure that a section has no more is removed, and nothing else", async () => {
  const folder = new ReportFolder(path);
  await folder.write(record, [figure, { ...figure, name: "b" }]);
  await Deno.writeTextFile(join(path, "forward", "own.txt"), "mine");
  await folder.write(record, [{ ...figure, name: "c" }, figure]);
  assertEquals(await namesIn(join(path, "forward")), ["a.png", "c.png", "own.txt", "section.json"]);
});

Deno.test("a record without its figures, or cut off, is none", async () => {
  const folder = new ReportFolder(path);
  await folder.write(record, [figure]);
  const file = join(path, "forward", "section.json");
  const text = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, text.slice(0, -9));
  assertEquals(await folder.section("forward"), undefined);
  await Deno.writeTextFile(file, text);
  await Deno.remove(join(path, "forward", "a.png"));
  assertEquals(await folder.section("forward"), undefined);
  await Deno.remove(path, { recursive: true });
});
