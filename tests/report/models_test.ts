/** The shelf of models: opened once, of the right kind, with the second stage that belongs to a first. */
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { join } from "node:path";
import { ArgumentError } from "../../lib/argument_error.ts";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { UnknownModelError } from "../../lib/models/load.ts";
import { modelKindOf } from "../../report/model_kind.ts";
import { openModels } from "../../report/mod.ts";
import { temporaryFolder, writeJson } from "../models/checkpoints.ts";
import { writeTextToImage } from "../models/text_to_image_folder.ts";

Deno.test("a cascade is opened once, and its second stage found by name or by what the folder says", async () => {
  await using folder = await temporaryFolder();
  const [first, second, other] = ["tiny-I", "tiny-II", "large"].map((name) => join(folder.path, name));
  await writeTextToImage(first, "I");
  await using models = openModels({ threads: 1 });
  assertEquals(await models.superResolution("auto", first), undefined);
  await writeTextToImage(second, "II");
  await writeTextToImage(other, "II");

  const model = await models.textToImage(first);
  assertStrictEquals(await models.textToImage(first), model);
  assertEquals([model.size, model.photographic], [16, false]);
  const [a, b, again] = ["a rocket", "a man", "a rocket"];
  const text = await model.encode([a, b, again]);
  assertEquals(text.shape[0], 3);
  assertEquals(await model.encode([b]), await model.encode(["a man"]));
  assertStrictEquals(await model.network(), await model.network());

  const found = (await models.superResolution("auto", first))!;
  assertEquals([(await found.network()).config.enlarges, found.defaults], [true, {}]);
  assertEquals([...models.used.keys()], [first, second]);
  assertEquals(await models.superResolution("none", first), undefined);

  await writeJson(join(first, "sampling_config.json"), { super_resolution: other });
  await writeJson(join(other, "sampling_config.json"), { guidance_scale: 1, noise_level: 100 });
  assertEquals((await models.superResolution("auto", first))!.defaults, {
    guidanceScale: 1,
    noiseLevel: 100,
  });
});

Deno.test("models of other kinds, and none, are refused", async () => {
  await using models = openModels({ threads: 1 });
  await assertRejects(
    () => models.textToImage("mnist-class"),
    ArgumentError,
    'model: "mnist-class" where a text-to-image model is expected',
  );
  await assertRejects(() => models.textToImage("nothing"), UnknownModelError, 'model: "nothing" where');
  await assertRejects(() => models.digits("mnist-denoiser"), CheckpointError);
  await assertRejects(() => models.digitDenoiser("mnist-class"), CheckpointError);
  assertEquals((await models.digits("mnist-class")).classes, 10);
});

Deno.test("kinds of models are told apart by their folders", async () => {
  const kinds = ["mnist-class", "mnist-time", "mnist-denoiser", "mnist-classifier"];
  const found = await Promise.all(kinds.map((name) => modelKindOf(join("models", name))));
  assertEquals(found, ["mnist-class", "mnist-time", "mnist-denoiser", undefined]);
});
