import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { modelsWithLoras } from "../../cli/gallery/loras.ts";
import { ArgumentError } from "../../lib/errors.ts";
import { openModelFolder } from "../../lib/models/model_folder.ts";
import { temporaryFolder } from "../models/checkpoints.ts";
import { writeTextToImage } from "../models/text_to_image_folder.ts";
import { FIXTURES } from "../nn/deepfloyd.ts";
import { namesIn } from "./task.ts";

Deno.test("the gallery offers each model with each LoRA that fits it, made once", async () => {
  await using folder = await temporaryFolder();
  const at = (...names: string[]) => join(folder.path, ...names);
  const models = [await writeTextToImage(at("first"), "I"), await writeTextToImage(at("second"), "II")];
  const settings = { data: at("data"), models };
  await Deno.mkdir(at("loras"));
  await Deno.copyFile(`${FIXTURES}/lora_peft.safetensors`, at("loras", "blue cats.safetensors"));
  await Deno.mkdir(at("loras", "other"));
  await Deno.copyFile(
    `${FIXTURES}/lora_processor.safetensors`,
    at("loras", "other", "pytorch_lora_weights.safetensors"),
  );
  const made = await modelsWithLoras([{ path: at("loras"), scale: 1 }], settings);
  assertEquals(made.map((path) => path.replace(/-\w+$/, "")), [
    at("data", "loras", "blue_cats-on-first"),
    at("data", "loras", "other-on-first"),
  ]);
  const [model, base] = await Promise.all([made[0], models[0]].map((path) => openModelFolder(path)));
  assertEquals(model.kind, "text-to-image");
  assert(await model.weights() !== await base.weights());
  const before = await Deno.stat(join(made[0], "README.md"));
  await Deno.remove(at("loras", "other"), { recursive: true });
  assertEquals(await modelsWithLoras([{ path: at("loras"), scale: 1 }], settings), [made[0]]);
  assertEquals((await Deno.stat(join(made[0], "README.md"))).ino, before.ino);
  assertEquals((await namesIn(at("data", "loras"))).length, 1);
  // By two scales the same LoRA is two models.
  const folders = [1, -0.5].map((scale) => ({ path: at("loras"), scale }));
  const scaled = await modelsWithLoras(folders, settings);
  assertEquals(scaled[0], made[0]);
  assertMatch(scaled[1], /blue_cats-by--0\.5-on-first-\w+$/);
  const weights = await Promise.all(
    scaled.map(async (path) => await (await openModelFolder(path)).weights()),
  );
  assert(weights[0] !== weights[1]);
});

Deno.test("a folder without LoRAs, and one of no model here, are refused", async () => {
  await using folder = await temporaryFolder();
  const at = (...names: string[]) => join(folder.path, ...names);
  const settings = { data: at("data"), models: [] };
  await Deno.mkdir(at("loras"));
  const refused = async () =>
    await assertRejects(() => modelsWithLoras([{ path: at("loras"), scale: 1 }], settings), ArgumentError);
  assertStringIncludes((await refused()).message, "a folder with a LoRA");
  await Deno.copyFile(`${FIXTURES}/lora_peft.safetensors`, at("loras", "a.safetensors"));
  assertStringIncludes((await refused()).message, "a LoRA of one of the available models");
  await Deno.writeTextFile(at("loras", "a.safetensors"), "none");
  assertEquals((await refused()).argument, "loras");
});
