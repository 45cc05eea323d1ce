/** The figures that the gallery shows before anybody has made any: complete, within bounds, of sections as they are. */
import { assert, assertEquals } from "@std/assert";
import { falseClaims } from "../../report/claims.ts";
import { findSection, parseParameters } from "../../report/mod.ts";
import { type Snapshot, SNAPSHOTS_FILE } from "../../report/snapshots.ts";
import type { ReportRecord } from "../../report/record.ts";

const folder = new URL("../../static/report/", import.meta.url);
const MEGABYTE = 2 ** 20;

Deno.test("the committed figures are there, fit their sections, and are small", async () => {
  const record: ReportRecord = JSON.parse(await Deno.readTextFile(new URL("report.json", folder)));
  assertEquals(record.version, 1);
  let total = 0;
  for (const { id, parameters, figures } of record.sections) {
    assertEquals(parseParameters(findSection(id), parameters), parameters, id);
    assert(figures.length > 0);
    assertEquals(falseClaims(findSection(id), parameters, figures), [], `${id}: what its text says`);
    for (const { file, media, cells } of figures) {
      total += (await Deno.stat(new URL(`${id}/${file}`, folder))).size;
      for (const { x, y, width, height } of cells) {
        assert(x + width <= media.width && y + height <= media.height, `${id}/${file}`);
      }
    }
    const text = await Deno.readTextFile(new URL(`${id}/${SNAPSHOTS_FILE}`, folder)).catch(() => "[]");
    total += text.length;
    const snapshots = JSON.parse(text) as Snapshot[];
    for (const { origin } of figures.flatMap(({ cells }) => cells)) {
      if (!origin) continue;
      const [first] = origin.slots;
      const count = snapshots.find(({ slot }) => slot === first)?.count;
      assert(count !== undefined && origin.index < count, `${id}: no snapshots of ${first}`);
    }
  }
  assert(total < 15 * MEGABYTE, `${total} bytes`);
});
