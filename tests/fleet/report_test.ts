/** `deno task report --queue`: a fleet makes the figures of a report, which is written as if it was made here. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { SNAPSHOTS_FILE } from "../../report/snapshots.ts";
import type { SectionRecord } from "../../report/record.ts";
import { namesIn, runTask } from "../cli/task.ts";
import { writeTextToImage } from "../models/text_to_image_folder.ts";
import { hasRedis, startRedis } from "./redis.ts";
import { filesIn, startWorkerTask, temporaryFolder } from "./worker_task.ts";

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ignore: !hasRedis, fn });

/** A section's record, but for how and when it was made. */
async function recordIn(folder: string): Promise<Partial<SectionRecord>> {
  const { seconds: _, made: _made, machine: _machine, ...record }: SectionRecord = JSON.parse(
    await Deno.readTextFile(join(folder, "section.json")),
  );
  return record;
}

test("report --queue writes the figures that report writes, byte for byte, and moments; what is there is not made again", async () => {
  await using folder = await temporaryFolder();
  await using redis = await startRedis({ appendfsync: "everysec" });
  const at = (...names: string[]) => join(folder.path, ...names);
  const first = await writeTextToImage(at("tiny-I"), "I");
  await writeTextToImage(at("tiny-II"), "II");
  await Deno.copyFile("report/images/cat.png", at("mine.png"));
  const fleet = ["--queue", redis.address, "--store", at("store")];
  await using _worker = await startWorkerTask([...fleet, "--model", first, "--jobs", "2"], {
    GALLERY_DATA: at("data"),
  });
  const ids = ["sampling", "forward", "networks", "spiral", "class-unet"];
  const set = ["--set", "seed=7", "--set", `image=${at("mine.png")}`];
  const args = [...ids, "--quick", "--model", first, ...set];
  const [here, there] = [at("here"), at("there")];
  const local = await runTask("report", ...args, "--out", here);
  assertEquals(local.code, 0, local.stderr);
  const { code, stdout, stderr } = await runTask("report", ...args, "--out", there, ...fleet);
  assertEquals([code, stdout], [0, `${join(there, "index.html")}\n`], stderr);
  assertEquals(stderr.trim().split("\n").length, ids.length, stderr);
  let moments = 0;
  for (const id of ids) {
    const [made, expected] = [await filesIn(join(there, id)), await filesIn(join(here, id))];
    if (expected.has(SNAPSHOTS_FILE)) moments++;
    for (const files of [made, expected]) files.delete("section.json");
    assertEquals(made, expected, id);
    assertEquals(await recordIn(join(there, id)), await recordIn(join(here, id)), id);
  }
  assert(moments >= 3);
  const { machine }: SectionRecord = JSON.parse(await Deno.readTextFile(join(there, "forward/section.json")));
  assertEquals(machine.device, "fleet");
  assertMatch(await Deno.readTextFile(join(there, "index.html")), /Made in [\d.]+ s on fleet, by Deno/);
  const results = await namesIn(at("store", "results"));
  assertEquals(results.length, ids.length);
  const again = await runTask("report", ...args, "--out", there, ...fleet);
  assertMatch(again.stderr, /^(.*: is done\n){5}$/);
  const elsewhere = await runTask("report", ...args, "--out", at("elsewhere"), ...fleet);
  assertEquals(elsewhere.code, 0, elsewhere.stderr);
  assertEquals(await namesIn(at("store", "results")), results, "nothing was made a second time");
});

test("report --queue makes what can be made, and says what cannot", async () => {
  await using folder = await temporaryFolder();
  await using redis = await startRedis({ appendfsync: "everysec" });
  const at = (...names: string[]) => join(folder.path, ...names);
  const fleet = ["--queue", redis.address, "--store", at("store")];
  const model = await writeTextToImage(at("tiny-I"), "I");
  const ask = async (...args: string[]) => {
    const { code, stderr } = await runTask("report", ...args, "--out", at("out"), ...fleet);
    assertEquals(code, 1, stderr);
    return stderr;
  };
  assertEquals(await ask("networks"), "error: No worker is there that could compute this.\n");
  await using _worker = await startWorkerTask(fleet, { GALLERY_DATA: at("data") });
  const stderr = await ask("networks", "forward", "--quick", "--model", model);
  assertMatch(stderr, /^networks: 4 figures in /m);
  assertStringIncludes(stderr, `error: forward: No worker has the model ${model} (`);
  assertMatch(stderr, /error: 1 of 2 sections were not made, for the reasons above\n$/);
  assertEquals(await namesIn(at("out")), ["index.html", "networks", "report.json"]);
  assertMatch(
    await ask("forward", "--set", "image=nowhere.png"),
    /^error: forward: image: "nowhere.png" where one of campanile, cat, latte/,
  );
  assertMatch(await ask("networks", "--threads", "1"), /^error: threads: given where none with --queue/);
});
