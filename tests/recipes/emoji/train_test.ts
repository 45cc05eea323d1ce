import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { sampleToEnd } from "../../../lib/diffusion/sample.ts";
import { openTextToImage } from "../../../lib/pipelines/open_text_to_image.ts";
import { superResolution } from "../../../lib/pipelines/super_resolution.ts";
import { textToImage } from "../../../lib/pipelines/text_to_image.ts";
import { emojiI } from "../../../recipes/emoji/stage_one.ts";
import { withEncoder } from "../../../recipes/emoji/encoded_set.ts";
import { emojiII } from "../../../recipes/emoji/stage_two.ts";
import { readLosses } from "../../../recipes/loss_log.ts";
import { train, type TrainOptions } from "../../../recipes/train.ts";
import type { PictureSet } from "../../../recipes/data/dataset.ts";
import { tinySet } from "./tiny_set.ts";

const settings = { epochs: 10, batch: 4, microbatches: 2, learningRate: 2e-3, width: 16, size: 16 };

async function run<Data extends PictureSet>(options: Omit<TrainOptions<Data>, "seed">): Promise<number> {
  let count = 0;
  for await (const _ of train({ seed: 1, ...options })) count++;
  return count;
}

Deno.test("both stages train, go on where they stopped, and open as pipelines of IF", async (t) => {
  const folder = await Deno.makeTempDir();
  try {
    const first = `${folder}/first`;
    const data = await tinySet(16);

    await t.step("stage I", async () => {
      const options = { recipe: emojiI, settings, data, out: first };
      assertEquals(await run({ ...options, maxSteps: 3 }), 3);
      assertEquals(await run({ ...options, resume: true }), 17);
      const whole = `${folder}/whole`;
      assertEquals(await run({ ...options, out: whole }), 20);
      for (const file of ["checkpoint.safetensors", "unet/diffusion_pytorch_model.safetensors"]) {
        assertEquals(await Deno.readFile(`${first}/${file}`), await Deno.readFile(`${whole}/${file}`), file);
      }
      const losses = (await readLosses(`${first}/loss.jsonl`)).map(({ loss }) => loss);
      const mean = (part: number[]) => part.reduce((sum, loss) => sum + loss, 0) / part.length;
      assertLess(mean(losses.slice(-8)), mean(losses.slice(0, 8)));
    });

    await t.step("its pipeline draws", async () => {
      await using pipeline = await openTextToImage(first);
      const text = await pipeline.encode(["a photo of a cat"]);
      const steps = textToImage(await pipeline.network(), text, {
        seed: 0,
        numInferenceSteps: 3,
        guidanceScale: 1,
      });
      const drawn = await sampleToEnd(steps);
      assertEquals(drawn.shape, [1, 3, 16, 16]);
      assert(drawn.data.every((value) => Math.abs(value) <= 1));
    });

    await t.step("another vocabulary is refused", async () => {
      const other = { ...data, tokenizer: await Deno.readFile("tests/fixtures/spiece_tiny.model") };
      other.tokenizer = other.tokenizer.slice();
      // The score of a piece: the vocabulary is of the same size, and another.
      other.tokenizer[other.tokenizer.length - 200] ^= 1;
      const options = { recipe: emojiI, settings, data: other, out: `${folder}/other`, from: first };
      await assertRejects(() => run(options), RangeError, "tokenizer/spiece.model");
    });

    await t.step("stage II listens to stage I's encoder and enlarges", async () => {
      const second = `${folder}/second`;
      await run({
        recipe: emojiII,
        settings: { ...settings, epochs: 1, width: 8, size: 32 },
        data: await withEncoder(await tinySet(32), first),
        out: second,
      });
      await using pipeline = await openTextToImage(second);
      const text = await pipeline.encode(["a photo of a cat"]);
      const small = { data: new Float32Array(3 * 64), shape: [1, 3, 8, 8] };
      const steps = superResolution(await pipeline.network(), text, small, {
        seed: 0,
        numInferenceSteps: 2,
        guidanceScale: 1,
      });
      assertEquals((await sampleToEnd(steps)).shape, [1, 3, 32, 32]);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("stage I has as many layers a level as it is asked for", async () => {
  const set = await tinySet(16);
  const unet = (layers?: number) => {
    const { configs } = emojiI.plan({ ...settings, layers }, set).files;
    return configs["unet/config.json"] as { layers_per_block: number };
  };
  assertEquals([unet().layers_per_block, unet(1).layers_per_block, unet(2).layers_per_block], [1, 1, 2]);
});

Deno.test("settings that no network can have are refused", async () => {
  const data = await tinySet(16);
  const refused = (settings: Parameters<typeof emojiI.plan>[0], message: string) => {
    try {
      emojiI.plan(settings, data);
    } catch (error) {
      assert(error instanceof RangeError && error.message.includes(message), String(error));
      return;
    }
    throw new Error("not refused");
  };
  refused({ ...settings, width: 24 }, "width: 24 where a multiple of 16 is expected");
  refused({ ...settings, size: 12 }, "size: 12 where the data's 16 is expected");
});
