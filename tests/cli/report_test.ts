/** The report as a task: what it writes, what it keeps, what it refuses. */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { join } from "node:path";
import type { ReportRecord, SectionRecord } from "../../report/record.ts";
import { temporaryFolder } from "../models/checkpoints.ts";
import { writeTextToImage } from "../models/text_to_image_folder.ts";
import { namesIn, refuse, runTask } from "./task.ts";

/** Runs the task and gives what it said. */
async function report(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await runTask("report", "--threads", "1", ...args);
  assertEquals(code, 0, stderr);
  return { stdout, stderr };
}

const readJson = async <T>(path: string): Promise<T> => JSON.parse(await Deno.readTextFile(path));

Deno.test("report makes sections, keeps those that are done, and makes the same bytes again", async () => {
  await using folder = await temporaryFolder();
  const first = await writeTextToImage(join(folder.path, "tiny-I"), "I");
  await writeTextToImage(join(folder.path, "tiny-II"), "II");
  const out = join(folder.path, "out");
  const args = ["sampling", "forward", "--quick", "--set", "seed=7", "--model", first, "--out", out];
  const { stdout, stderr } = await report(...args);
  assertEquals(stdout, `${join(out, "index.html")}\n`);
  assertMatch(stderr, /^sampling: 2 figures in .* s\nforward: 1 figure in .* s\n$/);
  assertEquals(await namesIn(out), ["forward", "index.html", "report.json", "sampling"]);
  assertEquals(await namesIn(join(out, "sampling")), [
    "moments.json",
    "section.json",
    "stage-1.png",
    "stage-2.png",
  ]);

  const record = await readJson<ReportRecord>(join(out, "report.json"));
  assertEquals(record.sections.map(({ id }) => id), ["sampling", "forward"]);
  const [sampling, forward] = record.sections;
  assertEquals([sampling.parameters.seed, sampling.parameters.stepCounts], [7, [5, 10]]);
  assertEquals(sampling.models.map(({ name }) => name), [first, join(folder.path, "tiny-II")]);
  assertEquals(forward.models.map(({ name }) => name), [first]);
  assertNotEquals(sampling.models[0].weights, sampling.models[1].weights);
  assertEquals([sampling.machine.device, sampling.machine.threads], ["cpu", 1]);
  assertMatch(sampling.machine.runtime, /^Deno \d+\.\d+\.\d+, ONNX Runtime \d+\.\d+\.\d+$/);
  assertEquals(sampling.figures[0].media, { type: "image/png", width: 34, height: 52 });
  const page = await Deno.readTextFile(join(out, "index.html"));
  assert(page.includes("<math") && page.includes("data:image/png;base64,"));
  // Whatever it shows is in it.
  assert(!/(src|href)="(?!data:|#)/.test(page) && !/<script|<link/.test(page), "it opens from disk");

  const files = async () =>
    await Promise.all(
      ["stage-1.png", "stage-2.png"].map((name) => Deno.readFile(join(out, "sampling", name))),
    );
  const before = await files();
  // As if it had been cut off while the section was made.
  await Deno.remove(join(out, "sampling", "section.json"));
  await Deno.remove(join(out, "sampling", "stage-2.png"));
  assertMatch((await report(...args)).stderr, /^sampling: 2 figures in .* s\nforward: is done\n$/);
  assertEquals(await files(), before);
  assertMatch((await report(...args)).stderr, /^sampling: is done\nforward: is done\n$/);
  // Other parameters make another figure.
  const other = ["forward", "--set", "seed=8", "--model", first, "--out", out];
  assertMatch((await report(...other)).stderr, /^forward: 1 figure/);
  const changed = await readJson<SectionRecord>(join(out, "forward", "section.json"));
  assertEquals(changed.parameters.seed, 8);
  assertEquals((await readJson<ReportRecord>(join(out, "report.json"))).sections.length, 2);
});

Deno.test("report says which section and which parameter cannot be, and makes the others", async () => {
  await using folder = await temporaryFolder();
  const model = await writeTextToImage(join(folder.path, "tiny"), "I");
  const out = join(folder.path, "out");
  const common = ["--quick", "--model", model, "--out", out];
  const { code, stderr } = await runTask(
    "report",
    "forward",
    "image-to-image",
    "--set",
    "starts=[33,34]",
    ...common,
  );
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^forward: 1 figure .*\nerror: image-to-image: starts\[1\]: 34 where an index from 0 to 33 of .*\nerror: 1 of 2 /,
  );
  assertEquals(await namesIn(out), ["forward", "index.html", "report.json"]);

  await Deno.writeTextFile(join(folder.path, "no.png"), "no picture");
  const image = join(folder.path, "no.png");
  assertMatch(
    await refuse("report", "forward", "--set", `image=${image}`, ...common),
    /^forward: image: \d+ bytes of an unknown format where a PNG/,
  );
  const missing = await refuse("report", "forward", "--set", "image=nowhere.png", ...common);
  assertMatch(missing, /^forward: image: "nowhere.png" where one of campanile, cat, latte/);
  const scenes = 'scenes=[{"image":"cat","mask":"mask-photo-cat"}]';
  assertEquals(
    await refuse("report", "inpainting", "--set", scenes, ...common),
    "inpainting: scenes[0].mask: 451 x 300 pixels where the picture's 256 x 256 are expected",
  );
  assertMatch(
    await refuse("report", "time-unet", "--set", "model=mnist-class", "--out", out),
    /^time-unet: model: "mnist-class", a network with classes where/,
  );
  assertMatch(
    await refuse("report", "class-unet", "--model", model, "--out", out),
    /^class-unet: model: .* text-to-image where another kind/,
  );
  assertMatch(
    await refuse("report", "forward", "--set", "seeds=3", ...common),
    /^forward: seeds: no such parameter/,
  );
  assertMatch(
    await refuse("report", "forward", "--set", "seed=many", ...common),
    /^set: seed="many" where a whole number is expected$/,
  );
  assertMatch(await refuse("report", "everything"), /^id: "everything" where one of sampling, forward/);
  assertMatch(
    await refuse("report", "forward", "--model", model, "--out", join(image, "out")),
    /^out: .* where a folder that can be written to/,
  );
});

Deno.test("report trains live, and draws networks without any model", async () => {
  await using folder = await temporaryFolder();
  const out = join(folder.path, "out");
  const live = ["trainSteps=6", "width=4", "batch=8", "drawings=1", "rows=1", "steps=2"].flatMap((
    value,
  ) => ["--set", value]);
  const { stderr } = await report("networks", "class-unet", ...live, "--out", out);
  assertMatch(stderr, /^networks: 4 figures .*\nclass-unet: 5 figures/);
  assertEquals(
    await namesIn(join(out, "class-unet")),
    [
      "curve.svg",
      "epoch-1.png",
      "epoch-6.png",
      "live-curve.svg",
      "live-samples.png",
      "moments.json",
      "section.json",
    ],
  );
});
