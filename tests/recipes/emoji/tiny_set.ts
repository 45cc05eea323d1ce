import { Generator } from "../../../lib/random.ts";
import type { CaptionedSet } from "../../../recipes/emoji/captioned_set.ts";
import type { EncodedSet } from "../../../recipes/emoji/encoded_set.ts";
import { TEXT_LENGTH, TEXT_WIDTH } from "../../../recipes/emoji/configs.ts";

/** Eight random pictures with captions, the vocabulary of the fixtures, and texts that are drawn by their length. */
export async function tinySet(size: number): Promise<CaptionedSet & EncodedSet> {
  const count = 8;
  const generator = new Generator(11);
  const captions = ["a dog", "a photo of a cat", "an oil painting of a tower", ""];
  const length = 3 * size * size;
  const images = Uint8Array.from(generator.rand([count * length]).data, (u) => u * 255);
  return {
    images,
    count,
    channels: 3,
    size,
    fingerprint: "tiny",
    tokenizer: await Deno.readFile("tests/fixtures/spiece_tiny.model"),
    vocabulary: { words: [], names: [], styles: [], related: {} },
    draw: (picture) => {
      const image = images.subarray(picture * length, (picture + 1) * length);
      return Promise.resolve({ image, caption: captions[picture % captions.length] });
    },
    encoderFiles: {},
    encode: (texts) => {
      const rows = texts.flatMap((text) => [
        ...new Generator(text.length).randn([TEXT_LENGTH * TEXT_WIDTH]).data,
      ]);
      return Promise.resolve({
        data: Float32Array.from(rows),
        shape: [texts.length, TEXT_LENGTH, TEXT_WIDTH],
      });
    },
  };
}
