import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { findModel, listModels, loadModel, UnknownModelError } from "../../lib/models/load.ts";
import { describeModel } from "../../lib/models/describe.ts";
import { MnistModel } from "../../lib/models/mnist.ts";
import { MnistClassifier } from "../../lib/models/mnist_classifier.ts";
import { MnistDenoiser } from "../../lib/models/mnist_denoiser.ts";
import { parseCard } from "../../lib/models/card.ts";
import {
  classifierConfig,
  classifierWeights,
  temporaryFolder,
  unetConfig,
  unetWeights,
  writeJson,
  writeModel,
  writePipeline,
} from "./checkpoints.ts";

Deno.test("a folder is opened as the kind of model that it holds", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  await writePipeline(at("pipeline"), 10);
  await writeModel(at("denoiser"), unetConfig(), unetWeights());
  await writeModel(at("classifier"), classifierConfig, classifierWeights());
  await using pipeline = await loadModel(at("pipeline"));
  await using denoiser = await loadModel(at("denoiser"));
  await using classifier = await loadModel(at("classifier"));
  assertEquals(
    [
      pipeline instanceof MnistModel,
      denoiser instanceof MnistDenoiser,
      classifier instanceof MnistClassifier,
    ],
    [true, true, true],
  );
});

Deno.test("an unknown model is refused, and those that are known are listed", async () => {
  const names = await listModels();
  for (const name of ["mnist-clas", "", "/none", "a\u0000b", "../lib"]) {
    const { message } = await assertRejects(() => findModel(name), UnknownModelError, JSON.stringify(name));
    assertEquals(names.filter((known) => !message.includes(known)), []);
  }
  for (const name of names) assertEquals((await findModel(name)).endsWith(name), true);
});

Deno.test("a checkpoint of another kind is refused", async () => {
  await using folder = await temporaryFolder();
  await writeJson(join(folder.path, "config.json"), { _class_name: "UNet2DModel" });
  await assertRejects(
    () => loadModel(folder.path),
    CheckpointError,
    'a checkpoint of "UNet2DModel" where one of MnistPipeline, MnistUNet, MnistClassifier is expected',
  );
});

Deno.test("a model is described without running it", async () => {
  await using folder = await temporaryFolder();
  await writePipeline(folder.path, 10);
  const { bytes, gflop, parameters, ...rest } = await describeModel(folder.path);
  assertEquals(rest, {
    name: folder.path,
    kind: "diffusion, conditioned on 10 classes",
    licence: null,
    summary: null,
  });
  const weights = unetWeights({ time: true, classes: 10 });
  const trained = Object.entries(weights).filter(([name]) => !name.includes(".running_"));
  assertEquals(parameters, trained.reduce((sum, [, { data }]) => sum + data.length, 0));
  assertEquals(bytes > 4 * parameters, true);
  assertEquals(gflop > 0.008 && gflop < 0.01, true, `${gflop}`);

  await Deno.writeTextFile(
    join(folder.path, "README.md"),
    "---\nlicense: mit\n---\n# Digits\n\nDraws\ndigits.\n\nMore.\n",
  );
  const { licence, summary } = await describeModel(folder.path);
  assertEquals([licence, summary], ["mit", "Draws digits."]);
});

Deno.test("model cards are read with and without their parts", () => {
  assertEquals(parseCard(""), { licence: undefined, summary: undefined });
  assertEquals(parseCard("# Title\n\nText.").summary, "Text.");
  assertEquals(parseCard('---\r\ntags: [a]\r\nlicense: "cc-by-4.0"\r\n---\r\n\r\nText.\r\n'), {
    licence: "cc-by-4.0",
    summary: "Text.",
  });
  assertEquals(parseCard("license: mit\n").licence, undefined);
});
