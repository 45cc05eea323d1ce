/** The sections that train: what they show of the records, and what they yield while they train. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { findSection, openImages, openModels, runSection, type SectionEvent } from "../../report/mod.ts";
import { temporaryFolder, writePipeline } from "../models/checkpoints.ts";
import { eventsOf, figuresOf } from "./run_section.ts";

const short = { trainSteps: 7, width: 4, batch: 4, drawings: 2 };

/** The events of a section that may only read. */
async function run(id: string, parameters: unknown, abort = new AbortController()): Promise<SectionEvent[]> {
  await using models = openModels({ threads: 1 });
  const context = { models, images: openImages(), signal: abort.signal };
  return await eventsOf(findSection(id), parameters, context);
}

Deno.test("a live training yields each step's loss once, samples, and in the end a curve", async () => {
  const events = await run("denoiser", { ...short, digits: 1, sigmas: [0.5] });
  const points = events.filter((event) => event.type === "points").flatMap(({ points }) => points);
  assertEquals(points.map(([step]) => step), [1, 2, 3, 4, 5, 6, 7]);
  assert(points.every(([, loss]) => loss > 0 && Number.isFinite(loss)));
  const previews = events.filter((event) => event.type === "preview").map(({ preview }) => preview);
  assertEquals(previews.map(({ step, steps }) => [step, steps]), [[4, 7], [7, 7]]);
  const progress = events.filter((event) => event.type === "progress");
  assertEquals([progress.length, progress.at(-1)?.done, progress.at(-1)?.total], [7, 7, 7]);
  const names = [...figuresOf(events).keys()];
  assertEquals(names, ["noising", "curve", "epoch-1", "epoch-3", "levels", "live-curve", "live-samples"]);
  assertEquals(figuresOf(await run("denoiser", { ...short, digits: 1, sigmas: [0.5] })), figuresOf(events));
});

Deno.test("a live training goes on from a checkpoint, with its width", async () => {
  const parameters = { ...short, trainSteps: 3, digits: 1, sigmas: [0.5], drawings: 1 };
  const losses = async (from: string) => {
    const events = await run("denoiser", { ...parameters, from });
    return events.filter((event) => event.type === "points").flatMap(({ points }) => points).map(([, loss]) =>
      loss
    );
  };
  const [trained, random] = [await losses("checkpoint"), await losses("scratch")];
  // A network that has learned is much better than one that has not.
  assert(trained[0] < 0.03 && random[0] > 0.1, `${trained} and ${random}`);
});

Deno.test("a model without records has samples alone, and one of another kind is refused", async () => {
  await using folder = await temporaryFolder();
  const model = join(folder.path, "model");
  await writePipeline(model, 10);
  const events = await run("class-unet", { model, rows: 1, steps: 1 });
  assertEquals([...figuresOf(events).keys()], ["samples"]);
  await assertRejects(
    () => run("time-unet", { model }),
    Error,
    "a network with classes, where a network without",
  );
});

Deno.test("a signal stops a live training", async () => {
  const abort = new AbortController();
  await using models = openModels({ threads: 1 });
  const context = { models, images: openImages(), signal: abort.signal };
  const reason = new Error("enough");
  const events = runSection(
    findSection("denoiser"),
    { ...short, trainSteps: 500, digits: 1, sigmas: [0.5] },
    context,
  );
  const caught = await assertRejects(async () => {
    for await (const event of events) if (event.type === "points") abort.abort(reason);
  }, Error);
  assertEquals(caught, reason);
});
