/**
 * A hybrid image: a man from a distance, a hamburger up close.
 *
 *     deno run --allow-read --allow-write=out --allow-ffi=node_modules examples/hybrid.ts
 */
import * as denoise from "@denoise/denoise";

await Deno.mkdir("out", { recursive: true });
await using pipeline = await denoise.openTextToImage("models/emoji-I");
const text = await pipeline.encode(["an oil painting of a man", "an oil painting of a hamburger", ""]);
const model = await pipeline.network();
const [man, hamburger, empty] = await denoise.textDenoisers(model, text);

// The coarse structure follows one prompt, the detail another. Any split that sums to the identity works.
const [low, high] = denoise.frequencies();
const denoiser = denoise.hybrid([
  { part: low, denoiser: denoise.guided(man, empty, 5) },
  { part: high, denoiser: denoise.guided(hamburger, empty, 5) },
]);
const steps = denoise.sample(
  denoiser,
  denoise.sampleOptions(model, { seed: 0, count: 4, numInferenceSteps: 50 }),
);
await Deno.writeFile("out/hybrid.png", denoise.encodePng(await denoise.sampleToEnd(steps)));
