import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { Generator } from "../../../lib/random.ts";
import { SentencePieceTokenizer } from "../../../lib/text/mod.ts";
import { Trainer } from "../../../lib/training/mod.ts";
import { growStageOne } from "../../../recipes/emoji/grow.ts";
import { stageOneChannels } from "../../../recipes/emoji/configs.ts";
import { emojiI } from "../../../recipes/emoji/stage_one.ts";
import { mnistTime } from "../../../recipes/mnist_diffusion.ts";
import { train } from "../../../recipes/train.ts";
import { tinySet } from "./tiny_set.ts";

const settings = { epochs: 1, batch: 8, microbatches: 1, learningRate: 1e-3, width: 16, size: 16 };

/** A trainer of stage I on the tiny set, and the losses of three batches that are the same each time. */
async function stageOne(width: number) {
  const data = await tinySet(16);
  const plan = emojiI.plan({ ...settings, width }, data);
  const trainer = await Trainer.create(plan.objective(8), { generator: new Generator(width), threads: 1 });
  const losses = async () => {
    const generator = new Generator(9);
    const losses: number[] = [];
    for (let i = 0; i < 3; i++) {
      const pictures = Array.from({ length: 8 }, () => generator.randomInt(data.count));
      const feeds = await plan.feeds({ pictures } as never, generator);
      losses.push((await trainer.step(feeds, 0)).loss);
    }
    return losses;
  };
  const network = () => {
    const tokenizer = SentencePieceTokenizer.parse(data.tokenizer);
    return { weights: trainer.weights(), channels: stageOneChannels(width), tokenizer };
  };
  return { data, plan, trainer, losses, network };
}

Deno.test("a wider stage I begins as the narrower one", async () => {
  const narrow = await stageOne(16);
  await using _narrow = narrow.trainer;
  const wide = await stageOne(48);
  await using _wide = wide.trainer;
  // A few steps, so that the narrow network's last layer is not that of a new one.
  const generator = new Generator(3);
  for (let i = 0; i < 12; i++) {
    const pictures = Array.from({ length: 8 }, () => generator.randomInt(narrow.data.count));
    await narrow.trainer.step(await narrow.plan.feeds({ pictures } as never, generator), 3e-3);
  }
  const [expected, fresh] = [await narrow.losses(), await wide.losses()];
  wide.trainer.start(growStageOne(narrow.network(), wide.network()));
  for (const [i, loss] of (await wide.losses()).entries()) {
    // What differs are sines of the timestep and the groups that are mixed with skip connections.
    assertAlmostEquals(loss / expected[i], 1, 0.02);
    assertEquals(fresh[i] / expected[i] > 1.05, true);
  }
});

Deno.test("the same network grows into itself, piece by piece of its vocabulary", async () => {
  const one = await stageOne(16);
  await using _one = one.trainer;
  const network = one.network();
  assertEquals(growStageOne(network, { ...network, weights: one.trainer.weights() }), network.weights);
});

Deno.test("what cannot grow is refused before there is a run", async () => {
  const out = await Deno.makeTempDir();
  try {
    const data = await tinySet(16);
    const options = { settings, seed: 0, out: `${out}/run`, grow: true };
    await assertRejects(
      () => train({ ...options, recipe: emojiI, data }).next(),
      RangeError,
      "from: undefined where a model's folder",
    );
    await assertRejects(
      () => train({ ...options, recipe: mnistTime, data, from: out } as never).next(),
      RangeError,
      "grow: true where false",
    );
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});
