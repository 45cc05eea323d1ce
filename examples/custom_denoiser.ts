/**
 * Write a denoiser: guidance that acts only while the noise level is in the middle of its range
 * (Kynkäänniemi et al. 2024, "Applying Guidance in a Limited Interval").
 *
 *     deno run --allow-read --allow-write=out --allow-ffi=node_modules examples/custom_denoiser.ts
 */
import { conditioned, ddim, type Denoiser, encodePng, Generator, guided } from "@denoise/denoise";
import { openMnistModel, sample, sampleToEnd, trailingTimesteps } from "@denoise/denoise";

/** Guided while `low <= t <= high`, the plain conditional prediction elsewhere. */
function guidedWithin(text: Denoiser, empty: Denoiser, scale: number, low: number, high: number): Denoiser {
  const strong = guided(text, empty, scale);
  const at = (t: number) => low <= t && t <= high ? strong : text;
  return {
    ask: (input, t) => at(t).ask(input, t),
    answer: (predictions, input, t) => at(t).answer(predictions, input, t),
  };
}

await Deno.mkdir("out", { recursive: true });
await using model = await openMnistModel("models/mnist-class");
const conditions = await model.prepare([3, null]);
const [three, empty] = conditions.map((condition) => conditioned(model, condition));

const generator = new Generator(0);
const noise = (shape: readonly number[]) => generator.randn(shape);
const steps = sample(guidedWithin(three, empty, 5, 60, 240), {
  sampler: ddim(),
  timesteps: trailingTimesteps(20, model.spec.schedule.length),
  start: noise([16, 1, 28, 28]),
  noise,
});
await Deno.writeFile("out/custom_denoiser.png", encodePng(await sampleToEnd(steps), model.spec));
