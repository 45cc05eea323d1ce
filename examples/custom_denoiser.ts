/**
 * Write a denoiser: guidance that acts only while the noise level is in the middle of its range
 * (Kynkäänniemi et al. 2024, "Applying Guidance in a Limited Interval").
 *
 *     deno run --allow-read --allow-write=out --allow-ffi=node_modules examples/custom_denoiser.ts
 */
import * as denoise from "@denoise/denoise";

/** Guided while `low <= t <= high`, the plain conditional prediction elsewhere. */
function guidedWithin(
  [low, high]: [number, number],
  text: denoise.Denoiser,
  empty: denoise.Denoiser,
  scale: number,
): denoise.Denoiser {
  const strong = denoise.guided(text, empty, scale);
  return (input, t) => (low <= t && t <= high ? strong : text)(input, t);
}

await Deno.mkdir("out", { recursive: true });
await using model = await denoise.openMnistModel("models/mnist-class");
const conditions = await model.prepare([3, null]);
const [three, empty] = conditions.map((condition) => denoise.conditioned(model, condition));

const generator = new denoise.Generator(0);
const noise = (shape: readonly number[]) => generator.randn(shape);
const steps = denoise.sample(guidedWithin([60, 240], three, empty, 5), {
  sampler: denoise.ddim(),
  timesteps: denoise.trailingTimesteps(20, model.spec.schedule.length),
  start: noise([16, 1, 28, 28]),
  noise,
});
const images = await denoise.sampleToEnd(steps);
await Deno.writeFile("out/custom_denoiser.png", denoise.encodePng(images, { range: model.spec.range }));
