/**
 * A visual anagram: a hamburger that turns into a frog when you flip the image upside down.
 *
 *     deno run --allow-read --allow-write=out --allow-ffi=node_modules examples/anagram.ts
 */
import { anagram, concat, encodePng, flip, guided, identity, openTextToImage } from "@denoise/denoise";
import { sample, sampleToEnd, samplingOf, textDenoisers } from "@denoise/denoise";

await Deno.mkdir("out", { recursive: true });
await using pipeline = await openTextToImage("models/emoji-I");
const text = await pipeline.encode(["an oil painting of a hamburger", "an oil painting of a frog", ""]);
const model = await pipeline.network();
const [hamburger, frog, empty] = await textDenoisers(model, text);

const denoiser = anagram([
  { view: identity(), denoiser: guided(hamburger, empty, 5) },
  { view: flip(), denoiser: guided(frog, empty, 5) },
]);
const images = await sampleToEnd(sample(denoiser, samplingOf(model, { seed: 0, numInferenceSteps: 50 })));
await Deno.writeFile("out/anagram.png", encodePng(concat([images, flip().apply(images)])));
