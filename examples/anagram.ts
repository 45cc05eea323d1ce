/**
 * A visual anagram: a hamburger that turns into a frog when you flip the image upside down.
 *
 *     deno run --allow-read --allow-write=out --allow-ffi=node_modules examples/anagram.ts
 */
import * as denoise from "@denoise/denoise";
import { concat } from "@denoise/denoise/tensors";

await Deno.mkdir("out", { recursive: true });
await using pipeline = await denoise.openTextToImage("models/emoji-I");
const text = await pipeline.encode(["an oil painting of a hamburger", "an oil painting of a frog", ""]);
const model = await pipeline.network();
const [hamburger, frog, empty] = await denoise.textDenoisers(model, text);

const denoiser = denoise.anagram([
  { view: denoise.identity(), denoiser: denoise.guided(hamburger, empty, 5) },
  { view: denoise.flip(), denoiser: denoise.guided(frog, empty, 5) },
]);
const steps = denoise.sample(denoiser, denoise.sampleOptions(model, { seed: 0, numInferenceSteps: 50 }));
const image = await denoise.sampleToEnd(steps);
const flipped = denoise.flip().apply(image);
await Deno.writeFile("out/anagram.png", denoise.encodePng(concat([image, flipped])));
