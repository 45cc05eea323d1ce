/**
 * Write a sampler: Euler steps with ancestral noise, as in k-diffusion's `sample_euler_ancestral`.
 *
 *     deno run --allow-read --allow-write=out --allow-ffi=node_modules examples/custom_sampler.ts
 */
import * as denoise from "@denoise/denoise";

/** One step from `t` to `tNext`, in the variance-exploding parametrisation `x / sqrt(alphaBar)`. */
const eulerAncestral: denoise.Sampler = ({ x, x0, t, tNext }, schedule, noise) => {
  const [now, next] = [denoise.alphaBar(schedule, t), denoise.alphaBar(schedule, tNext)];
  const [sigma, sigmaNext] = [now, next].map((a) => Math.sqrt((1 - a) / a));
  const up = sigmaNext * Math.sqrt(1 - (sigmaNext / sigma) ** 2);
  const ratio = Math.sqrt(sigmaNext ** 2 - up ** 2) / sigma;
  const scale = Math.sqrt(next);
  return denoise.weightedSum(
    [scale * ratio / Math.sqrt(now), x],
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
