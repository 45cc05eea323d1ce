/**
 * Write a sampler: Euler steps with ancestral noise, as in k-diffusion's `sample_euler_ancestral`.
 *
 *     deno run --allow-read --allow-write=out --allow-ffi=node_modules examples/custom_sampler.ts
 */
import * as denoise from "@denoise/denoise";

/** One step from `t` to `tNext`, in the variance-exploding parametrisation `x / alpha`; of any schedule. */
const eulerAncestral: denoise.Sampler = ({ x, x0, t, tNext }, schedule, noise) => {
  const [alpha, scale] = [t, tNext].map((t) => denoise.alpha(schedule, t));
  const [sigma, sigmaNext] = [t, tNext].map((t) => denoise.sigma(schedule, t) / denoise.alpha(schedule, t));
  const up = sigmaNext * Math.sqrt(1 - (sigmaNext / sigma) ** 2);
  const ratio = Math.sqrt(sigmaNext ** 2 - up ** 2) / sigma;
  return denoise.weightedSum(
    [scale * ratio / alpha, x],
    [scale * (1 - ratio), x0],
    [scale * up, noise(x.shape)],
  );
};

await Deno.mkdir("out", { recursive: true });
await using model = await denoise.openMnistModel("models/mnist-time");
const [unconditional] = await model.prepare([null]);
const generator = new denoise.Generator(0);
const noise = (shape: readonly number[]) => generator.randn(shape);
const steps = denoise.sample(denoise.conditioned(model, unconditional), {
  sampler: eulerAncestral,
  timesteps: denoise.trailingTimesteps(50, model.spec.schedule.length),
  start: noise([16, 1, 28, 28]),
  noise,
});
const images = await denoise.sampleToEnd(steps);
await Deno.writeFile("out/custom_sampler.png", denoise.encodePng(images, { range: model.spec.range }));
