/** The networks whose training is measured, and what they are trained on: random data, on which steps take as long. */
import { findModel } from "../../lib/models/mod.ts";
import { Generator } from "../../lib/random.ts";
import { TEXT_LENGTH, TEXT_WIDTH } from "../../recipes/emoji/configs.ts";
import type { CaptionedSet } from "../../recipes/emoji/captioned_set.ts";
import type { EncodedSet } from "../../recipes/emoji/encoded_set.ts";
import { emojiI } from "../../recipes/emoji/stage_one.ts";
import { emojiII } from "../../recipes/emoji/stage_two.ts";
import { mnistClass } from "../../recipes/mnist_diffusion.ts";
import type { Plan, Recipe } from "../../recipes/recipe.ts";
import type { PictureSet } from "../../recipes/data/dataset.ts";
import { randomDigits } from "./random_digits.ts";

/** A network whose training is measured. */
export interface TrainedNetwork {
  /** How it is trained. */
  readonly recipe: Recipe;
  /** The peer's program, and what it imports. */
  readonly peer: { readonly program: string; readonly packages: readonly string[] };
  /** Makes data. */
  data(): Promise<PictureSet>;
}

const cascade = { program: "torch_cascade.py", packages: ["torch", "diffusers", "transformers"] };

/** The networks, by name. */
export const networks: Readonly<Record<string, TrainedNetwork>> = {
  "mnist-class": {
    recipe: mnistClass,
    peer: { program: "torch_mnist_unet.py", packages: ["torch"] },
    data: () => Promise.resolve(randomDigits(mnistClass.defaults.batch)),
  },
  "emoji-I": { recipe: emojiI, peer: cascade, data: () => randomCaptioned(emojiI.defaults.batch, 32) },
  "emoji-II": { recipe: emojiII, peer: cascade, data: () => randomCaptioned(emojiII.defaults.batch, 128) },
};

/** A network's plan on data of one batch. */
export async function planOf({ recipe, data }: TrainedNetwork): Promise<{ plan: Plan; set: PictureSet }> {
  const set = await data();
  return { plan: recipe.plan(recipe.defaults, set), set };
}

/** Random pictures in colour with one caption, under the vocabulary that ships, and random texts. */
async function randomCaptioned(count: number, size: number): Promise<CaptionedSet & EncodedSet> {
  const generator = new Generator(0);
  const length = 3 * size * size;
  const images = Uint8Array.from(generator.rand([count * length]).data, (u) => u * 255);
  return {
    images,
    count,
    channels: 3,
    size,
    tokenizer: await Deno.readFile(`${await findModel("emoji-I")}/tokenizer/spiece.model`),
    vocabulary: { words: [], names: [], styles: [], related: {} },
    draw: (picture) => {
      const image = images.subarray(picture * length, (picture + 1) * length);
      return Promise.resolve({ image, caption: "an oil painting of a snowy mountain village" });
    },
    encoderFiles: {},
    encode: ({ length }) => Promise.resolve(generator.randn([length, TEXT_LENGTH, TEXT_WIDTH])),
  };
}
