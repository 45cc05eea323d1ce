/** A model's folder, read once. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { UnknownModelError } from "../../lib/models/load.ts";
import { openModelFolder } from "../../lib/models/model_folder.ts";
import { temporaryFolder, writeJson, writePipeline } from "./checkpoints.ts";
import { writeTextToImage } from "./text_to_image_folder.ts";

Deno.test("a folder says what it holds, and is read once", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "tiny");
  await writeTextToImage(path, "I");
  await writeJson(join(path, "sampling_config.json"), { num_inference_steps: 3 });
  const model = await openModelFolder(path, { variant: undefined });
  assertEquals([model.name, model.path, model.kind], [path, path, "text-to-image"]);
  assertEquals(model.sampling, { numInferenceSteps: 3 });
  const [weights, scheduler] = [await model.weights(), await model.scheduler()];
  assertEquals([/^[0-9a-f]{16}$/.test(weights), await model.vocabulary()], [true, undefined]);
  await Deno.remove(path, { recursive: true });
  assertEquals(await model.weights(), weights);
  assert(await model.scheduler() === scheduler);
});

Deno.test("a folder of digits has no recommendations, but a scheduler", async () => {
  await using folder = await temporaryFolder();
  const path = await writePipeline(join(folder.path, "digits"), 10);
  const { kind, sampling, scheduler } = await openModelFolder(path);
  assertEquals([kind, sampling, (await scheduler()).schedule.length], ["pipeline", {}, 300]);
  await assertRejects(() => openModelFolder(join(folder.path, "none")), UnknownModelError, 'model: "');
  await writeJson(join(path, "model_index.json"), { _class_name: "Nothing" });
  await assertRejects(() => openModelFolder(path), CheckpointError, '"Nothing" where one of');
});
