/**
 * A hybrid image: a man from a distance, a hamburger up close.
 *
 *     deno run --allow-read --allow-write=out --allow-ffi=node_modules examples/hybrid.ts
 */
import { encodePng, frequencies, guided, hybrid, openTextToImage } from "@denoise/denoise";
import { sample, sampleToEnd, samplingOf, textDenoisers } from "@denoise/denoise";

await Deno.mkdir("out", { recursive: true });
await using pipeline = await openTextToImage("models/emoji-I");
const text = await pipeline.encode(["an oil painting of a man", "an oil painting of a hamburger", ""]);
const model = await pipeline.network();
const [man, hamburger, empty] = await textDenoisers(model, text);

// The coarse structure follows one prompt, the detail another. Any split that sums to the identity works.
const [low, high] = frequencies();
const denoiser = hybrid([
  { part: low, denoiser: guided(man, empty, 5) },
  { part: high, denoiser: guided(hamburger, empty, 5) },
]);
const steps = sample(denoiser, samplingOf(model, { seed: 0, count: 4, numInferenceSteps: 50 }));
await Deno.writeFile("out/hybrid.png", encodePng(await sampleToEnd(steps)));
