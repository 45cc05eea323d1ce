/** Folders of `DDPMPipeline` and `DDIMPipeline`: how they are opened, and what their networks answer. */
import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { join } from "node:path";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import { ArgumentError } from "../../lib/errors.ts";
import {
  describeModel,
  loadModel,
  openModelFolder,
  openUnet2D,
  readKind,
  Unet2DModel,
} from "../../lib/models/mod.ts";
import type { Tensor } from "../../lib/tensor.ts";
import { readGoldenTensors } from "../nn/unets.ts";
import { difference } from "../nn/deepfloyd.ts";
import { cifarScheduler, type DdpmChanges, writeDdpm } from "./ddpm_checkpoints.ts";

async function inFolder(changes: DdpmChanges, body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(await writeDdpm(folder, changes));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const opening = { device: "cpu", threads: 1 } as const;

for (const [layout, changes] of Object.entries({ "as now": {}, "of old": { flat: true, oldNames: true } })) {
  Deno.test(`a folder ${layout} opens, by whichever name, and answers as diffusers does`, async () => {
    await inFolder(changes, async (folder) => {
      assertEquals(await readKind(folder), "unconditional");
      const { kind, parameters, gflop } = await describeModel(folder);
      assertEquals([kind, parameters], ["unconditional, 8 x 8 pixels", 51827]);
      assert(gflop > 0);
      const { sampling, scheduler, weights } = await openModelFolder(folder);
      assertEquals(sampling, { numInferenceSteps: 1000 });
      assertEquals([(await scheduler()).sampler, (await weights()).length], ["ddpm", 16]);
      await using model = await loadModel(folder, opening);
      assert(model instanceof Unet2DModel);
      assertEquals(model.spec.range, [-1, 1]);
      const { x, t, out } = await readGoldenTensors("ddpm");
      const [condition] = await model.prepare([null]);
      const one = (i: number): Tensor => ({
        data: x.data.slice(192 * i, 192 * i + 192),
        shape: [1, 3, 8, 8],
      });
      const answers = await model.run(
        [0, 1].map((i) => ({ model, input: { x: one(i) }, t: t.data[i], condition })),
      );
      for (const [i, { noise }] of answers.entries()) {
        const expected = { data: out.data.slice(192 * i, 192 * i + 192), shape: [1, 3, 8, 8] };
        assertLess(difference(noise, expected), 1e-5);
      }
    });
  });
}

Deno.test("a network with classes answers for each, and refuses none or others", async () => {
  await inFolder({ network: "course" }, async (folder) => {
    await using model = await openUnet2D(folder, opening);
    const { x, t, classLabel, out } = await readGoldenTensors("course");
    const conditions = await model.prepare([...classLabel.data]);
    const answers = await model.run(conditions.map((condition, i) => ({
      model,
      input: { x: { data: x.data.slice(192 * i, 192 * i + 192), shape: [1, 3, 8, 8] } },
      t: t.data[i],
      condition,
    })));
    for (const [i, { noise }] of answers.entries()) {
      const expected = { data: out.data.slice(192 * i, 192 * i + 192), shape: [1, 3, 8, 8] };
      assertLess(difference(noise, expected), 1e-5);
    }
    for (const label of [null, 5, -1, 0.5]) {
      const error = await assertRejects(() => model.prepare([label]), ArgumentError, "from 0 to 4");
      assertEquals(error.argument, "classLabel");
    }
  });
});

Deno.test("what a network cannot answer is refused by its argument", async () => {
  await inFolder({}, async (folder) => {
    await using model = await openUnet2D(folder, opening);
    const [condition] = await model.prepare([null]);
    await assertRejects(() => model.prepare([3]), ArgumentError, "of a network without classes");
    const ask = (shape: number[], t: number) => {
      const x = { data: new Float32Array(shape.reduce((a, b) => a * b)), shape };
      return model.run([{ model, input: { x }, t, condition }]);
    };
    for (const shape of [[1, 3, 6, 8], [1, 1, 8, 8], [3, 8, 8]]) {
      assertEquals((await assertRejects(() => ask(shape, 0), ArgumentError)).argument, "x");
    }
    assertEquals((await assertRejects(() => ask([1, 3, 8, 8], 1000), ArgumentError)).argument, "t");
    assertEquals((await ask([1, 3, 12, 8], 3))[0].noise.shape, [1, 3, 12, 8], "other sizes are answered");
  });
  for (const [network, t] of [["fourier", 0], ["learned", 0.5]] as const) {
    await inFolder({ network }, async (folder) => {
      await using model = await openUnet2D(folder, opening);
      const { config: { classes, inChannels } } = model;
      const vector = { data: new Float32Array(32), shape: [32] };
      const [condition] = await model.prepare([classes ? vector : null]);
      const x = { data: new Float32Array(64 * inChannels), shape: [1, inChannels, 8, 8] };
      const ask = () => model.run([{ model, input: { x }, t, condition }]);
      assertEquals((await assertRejects(ask, ArgumentError)).argument, "t");
    });
  }
});

Deno.test("folders that are none, and weights of others, are refused by file and key", async () => {
  const refused = (changes: DdpmChanges, message: string) =>
    inFolder(changes, async (folder) => {
      const error = await assertRejects(() => openUnet2D(folder, opening), CheckpointError, message);
      assert(!error.message.includes("\n"));
    });
  await refused(
    { pipeline: "KarrasVePipeline" },
    '"_class_name" is "KarrasVePipeline" where one of DDPMPipeline',
  );
  await refused({ config: { block_out_channels: [8, 8, 16] } }, "shape [");
  await refused({ config: { add_attention: false } }, "tensors that the network does not have");
  await refused(
    { scheduler: { ...cifarScheduler, variance_type: "learned_range" } },
    '"variance_type" is "learned_range" where',
  );
  await refused(
    { scheduler: { ...cifarScheduler, beta_schedule: "cubic" } },
    '"beta_schedule" is "cubic" where',
  );
  await inFolder({}, async (folder) => {
    const unet = join(folder, "unet");
    await Deno.rename(
      join(unet, "diffusion_pytorch_model.safetensors"),
      join(unet, "diffusion_pytorch_model.bin"),
    );
    await assertRejects(
      () => openUnet2D(folder, opening),
      CheckpointError,
      `"diffusion_pytorch_model.bin" is in PyTorch's own format, which is not read: in Python, save_pretrained(`,
    );
  });
});
