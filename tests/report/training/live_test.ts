/** Training before spectators: a run that goes on from its checkpoint, and the reader's own digits. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { TrainingCheckpoint, TrainingPlace } from "../../../report/context.ts";
import { findSection, openModels, runSection, SectionError, type SectionEvent } from "../../../report/mod.ts";
import { digitsByHand } from "./digits_by_hand.ts";

const few = { from: "scratch", trainSteps: 6, width: 2, batch: 8, drawings: 2, rows: 1, steps: 2, seed: 3 };

const images = {
  picture: () => Promise.reject(new Error("no pictures")),
  mask: () => Promise.reject(new Error("no masks")),
  file: () => Promise.reject(new Error("no files")),
};

/** A place that remembers what it was given. */
function placeOf(more: Partial<TrainingPlace> = {}) {
  const kept: TrainingCheckpoint[] = [];
  const place: TrainingPlace = {
    every: 0,
    keep(checkpoint) {
      kept.push(checkpoint);
      return Promise.resolve();
    },
    ...more,
  };
  return { kept, place };
}

/** Runs a section to its end, or until so many steps are done: then it is given up, as by a tab that is closed. */
async function run(
  id: string,
  parameters: Record<string, unknown>,
  training?: TrainingPlace,
  until = Infinity,
): Promise<SectionEvent[]> {
  await using models = openModels({ threads: 1 });
  const events: SectionEvent[] = [];
  const { signal } = new AbortController();
  for await (const event of runSection(findSection(id), parameters, { models, images, signal, training })) {
    events.push(event);
    if (event.type === "points" && event.points.at(-1)![0] >= until) break;
  }
  return events;
}

const modelIn = (events: readonly SectionEvent[]) => events.find((event) => event.type === "model")!.files;
const pointsIn = (events: readonly SectionEvent[]) =>
  events.flatMap((event) => event.type === "points" ? event.points : []);

for (const id of ["time-unet", "class-unet", "denoiser"]) {
  Deno.test(`${id}: a run that is given up goes on from its checkpoint, bit for bit`, async () => {
    const { rows: _rows, steps: _steps, ...others } = few;
    const parameters = id === "denoiser" ? { ...others, sigmas: [0.5], digits: 1 } : few;
    const whole = await run(id, parameters);
    for (const optimizer of ["adam", "muon", "lion"]) {
      const given = { ...parameters, optimizer };
      const expected = optimizer === "adam" ? whole : await run(id, given);
      const { kept, place } = placeOf({ every: Infinity });
      await run(id, given, place, 3);
      const resume = kept.at(-1)!;
      assertEquals([resume.step, resume.losses.length], [3, 3]);
      const rest = await run(id, given, { ...place, resume });
      assertEquals(modelIn(rest), modelIn(expected));
      // The curve is whole again, and so is the progress.
      assertEquals(pointsIn(rest), pointsIn(expected));
      const last = rest.findLast((event) => event.type === "progress")!;
      assert(Math.abs(last.done - last.total) < 1e-9, `${last.done} of ${last.total}`);
    }
  });
}

Deno.test("a checkpoint comes every so often, and one of another run is refused", async () => {
  const { kept, place } = placeOf();
  await run("time-unet", few, place);
  assertEquals(kept.map(({ step }) => step), [1, 2, 3, 4, 5, 6]);
  const resume = kept[2];
  const error = await assertRejects(
    () => run("time-unet", { ...few, batch: 16 }, { ...place, resume }),
    SectionError,
  );
  assertEquals([error.argument, error.section], ["batch", "time-unet"]);
  // What was trained to its end is drawn again, without a step.
  const again = await run("time-unet", few, { ...place, resume: kept[5] });
  assertEquals(modelIn(again), modelIn(await run("time-unet", few)));
});

Deno.test("the reader's digits are learned from alone or beside MNIST's, and have to be there", async () => {
  const drawn = digitsByHand();
  const captions = async (data: string) => {
    const events = await run("class-unet", { ...few, data }, placeOf({ drawn }).place);
    return events.flatMap((event) => event.type === "figure" ? event.figure.caption : [])[0];
  };
  assertEquals(
    await captions("drawn"),
    "Output of the network after 6 steps from random weights, on the digits that you have drawn.",
  );
  assertEquals(
    await captions("both"),
    "Output of the network after 6 steps from random weights, half of them on the digits that you have drawn.",
  );
  for (const training of [undefined, placeOf().place]) {
    const error = await assertRejects(
      () => run("time-unet", { ...few, data: "drawn" }, training),
      SectionError,
    );
    assertEquals(error.argument, "data");
  }
});

Deno.test("a training begins with a network of its own kind alone", async () => {
  for (
    const [id, model] of [["time-unet", "mnist-class"], ["class-unet", "mnist-time"], [
      "denoiser",
      "mnist-time",
    ]]
  ) {
    const { rows: _rows, steps: _steps, ...others } = few;
    const given = id === "denoiser" ? others : few;
    const error = await assertRejects(() => run(id, { ...given, from: "checkpoint", model }), SectionError);
    assertEquals(error.argument, "model", id);
  }
});
