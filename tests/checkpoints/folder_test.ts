import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { isCheckpoint, openComponent, readCheckpoint, readModelIndex } from "../../lib/checkpoints/folder.ts";
import { temporaryFolder, unetConfig, writeJson, writeModel } from "../models/checkpoints.ts";

const weights = { w: { data: Float32Array.of(1), shape: [1] } };

Deno.test("a pipeline's index names its components, those that are null left out", async () => {
  await using folder = await temporaryFolder();
  await writeJson(join(folder.path, "model_index.json"), {
    _class_name: "IFPipeline",
    _diffusers_version: "0.17.0",
    unet: ["diffusers", "UNet2DConditionModel"],
    safety_checker: [null, null],
    requires_safety_checker: true,
  });
  const { className, components } = await readModelIndex(folder.path);
  assertEquals(className, "IFPipeline");
  assertEquals([...components], [["unet", { library: "diffusers", className: "UNet2DConditionModel" }]]);
  assertEquals((await readCheckpoint(folder.path)).kind, "pipeline");
});

Deno.test("a component that is no class of a library is refused", async () => {
  await using folder = await temporaryFolder();
  await writeJson(join(folder.path, "model_index.json"), { _class_name: "A", unet: ["diffusers"] });
  await assertRejects(
    () => readModelIndex(folder.path),
    CheckpointError,
    '"unet" is ["diffusers"] where a library and a class is expected',
  );
});

Deno.test("a bare model is opened with its weights, if it is of the class", async () => {
  await using folder = await temporaryFolder();
  await writeModel(folder.path, unetConfig(), weights);
  assertEquals((await readCheckpoint(folder.path)).kind, "model");
  const component = await openComponent(folder.path, "MnistUNet");
  assertEquals([...component.weights.tensors.keys()], ["w"]);
  await assertRejects(
    () => openComponent(folder.path, "MnistClassifier"),
    CheckpointError,
    '"_class_name" is "MnistUNet" where "MnistClassifier" is expected',
  );
});

Deno.test("other folders, files and nothing are no checkpoints", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "file");
  await Deno.writeTextFile(file, "");
  for (const path of [folder.path, file, join(folder.path, "none")]) {
    assertEquals(await isCheckpoint(path), false);
    await assertRejects(() => readCheckpoint(path), CheckpointError, "no checkpoint");
  }
});
