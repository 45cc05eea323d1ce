/**
 * Text to image with both stages: sample at 32 x 32, then upscale to 128 x 128.
 *
 *     deno run --allow-read --allow-write=out --allow-ffi=node_modules examples/text_to_image.ts
 */
import { cascade, encodePng, openTextToImage, sampleToEnd } from "@denoise/denoise";

await Deno.mkdir("out", { recursive: true });
await using first = await openTextToImage("models/emoji-I");
await using second = await openTextToImage("models/emoji-II");

// Encode before opening the networks: the text encoder is only in memory while it runs.
const text = await first.encode(["a rocket ship", "a skull"]);
const negative = await first.encode(["", ""]);

const steps = cascade([await first.network(), await second.network()], text, {
  seed: 0,
  negative,
  numImagesPerPrompt: 2,
  first: { numInferenceSteps: 20, guidanceScale: 5 },
  second: { numInferenceSteps: 20, guidanceScale: 1, noiseLevel: 100 },
});
const images = await sampleToEnd(steps);
console.log(images.shape);
await Deno.writeFile("out/text_to_image.png", encodePng(images));
