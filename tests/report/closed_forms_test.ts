/**
 * Figures against computations of another kind: of Gaussian data the ideal denoiser is linear, and every pixel goes its own way, so
 * that a number at a time in double precision tells what the figures must show.
 */
import { assert, assertEquals } from "@std/assert";
import { alphaBar } from "../../lib/diffusion/schedule.ts";
import { Generator } from "../../lib/random.ts";
import { map, type Tensor } from "../../lib/tensor.ts";
import { type Figure, findSection } from "../../report/mod.ts";
import { gaussianContext, gradient, idealNoise, scheduler, SIZE, SPREAD } from "./gaussian_context.ts";
import { distance, eventsOf, figuresOf, picturesOf } from "./run_section.ts";

const { schedule } = scheduler;
const shape = [1, 3, SIZE, SIZE];

/** A picture as a PNG has it: 8 bits, cut off at black and white. */
const LEVEL = 1 / 255 + 1e-5;

async function figure(id: string, name: string, parameters: unknown, upscaled = false): Promise<Figure> {
  const events = await eventsOf(findSection(id), parameters, gaussianContext({ upscaled }));
  return figuresOf(events).get(name)!;
}

const inRange = (x: Tensor) => map(x, (value) => Math.min(1, Math.max(-1, value)));

/** Throws unless a figure's picture is the expected one, but for the rounding to bytes. */
function assertPicture(found: Tensor, expected: Tensor, what: string): void {
  const error = distance(found, inRange(expected));
  assert(error <= LEVEL, `${what}: ${error}`);
}

/** DDPM pixel by pixel (Ho et al. 2020, eq. 7), noise in the order of the draws. */
function sampled(start: Float64Array, timesteps: readonly number[], noise: Generator, mean: number): Tensor {
  let x = start;
  timesteps.forEach((t, i) => {
    const next = timesteps[i + 1] ?? -1;
    const [a, b] = [alphaBar(schedule, t), alphaBar(schedule, next)];
    const [alpha, beta] = [a / b, 1 - a / b];
    const z = t > 0 ? noise.randn(shape).data : undefined;
    x = x.map((value, k) => {
      const clean = (value - Math.sqrt(1 - a) * idealNoise(value, mean, t)) / Math.sqrt(a);
      const drift = Math.sqrt(b) * beta / (1 - a) * clean + Math.sqrt(alpha) * (1 - b) / (1 - a) * value;
      return drift + (z ? Math.sqrt(beta * (1 - b) / (1 - a)) * z[k] : 0);
    });
  });
  return { data: Float32Array.from(x), shape: [3, SIZE, SIZE] };
}

const strides = (stride: number) => {
  const last = Math.floor(999 / stride) * stride;
  return Array.from({ length: last / stride + 1 }, (_, i) => last - i * stride);
};
const leading = (count: number) => {
  const stride = Math.floor(1000 / count);
  return Array.from({ length: count }, (_, i) => (count - 1 - i) * stride);
};

Deno.test("one-step: the conditional mean of Gaussian data", async () => {
  const parameters = { image: "cat", timesteps: [100, 600], prompt: "mean 0.5", seed: 3 };
  const [, noisy, clean] = await picturesOf(await figure("one-step", "one-step", parameters));
  const noise = new Generator(3).randn(shape);
  parameters.timesteps.forEach((t, i) => {
    const a = alphaBar(schedule, t);
    const x = map(gradient(3, 3), (value, k) => Math.sqrt(a) * value + Math.sqrt(1 - a) * noise.data[k]);
    assertPicture(noisy[i], x, `noisy at ${t}`);
    // E[x0 | x] of N(m, s^2) seen through noise: the precision-weighted mean of both.
    const gain = Math.sqrt(a) * SPREAD ** 2 / (a * SPREAD ** 2 + 1 - a);
    assertPicture(clean[i], map(x, (value) => 0.5 + gain * (value - Math.sqrt(a) * 0.5)), `clean at ${t}`);
  });
});

Deno.test("iterative: DDPM over strided timesteps, from the noised picture on", async () => {
  const parameters = { image: "cat", prompt: "mean -0.25", stride: 90, start: 3, every: 2, seed: 11 };
  const timesteps = strides(90).slice(3);
  const noise = new Generator(11);
  const a = alphaBar(schedule, timesteps[0]);
  const z = noise.randn(shape);
  const start = Float64Array.from(
    gradient(3, 3).data,
    (x, i) => Math.sqrt(a) * x + Math.sqrt(1 - a) * z.data[i],
  );
  const [[original, iterative]] = await picturesOf(await figure("iterative", "compared", parameters));
  assertEquals(original.data, gradient(3, 3).data);
  assertPicture(iterative, sampled(start, timesteps, noise, -0.25), "iterative");
  const steps = await figure("iterative", "steps", parameters);
  assertEquals(steps.columns, ["t = 720", "t = 540", "t = 360", "t = 180"]);
});

Deno.test("iterative: the report's defaults show t = 690, 540, 390, 240, 90", async () => {
  const steps = await figure("iterative", "steps", {});
  assertEquals(steps.columns, [690, 540, 390, 240, 90].map((t) => `t = ${t}`));
});

Deno.test("guidance: at each scale the mean that the formula leads to", async () => {
  const scales = [0, 0.5, 1, 3];
  const parameters = { prompt: "mean 0", scaled: "mean 0.3", scales, count: 1, stride: 90, seed: 5 };
  const [row] = await picturesOf(await figure("guidance", "scales", parameters));
  scales.forEach((scale, i) => {
    const noise = new Generator(5);
    const start = Float64Array.from(noise.randn(shape).data);
    assertPicture(row[i], sampled(start, strides(90), noise, scale * 0.3), `scale ${scale}`);
  });
});

Deno.test("sampling, from-noise and anagrams begin as the noise of their seeds", async () => {
  const [row] = await picturesOf(
    await figure("from-noise", "samples", { prompt: "mean 0.1", count: 3, stride: 180, seed: 20 }),
  );
  row.forEach((found, i) => {
    const noise = new Generator(20 + i);
    assertPicture(
      found,
      sampled(Float64Array.from(noise.randn(shape).data), strides(180), noise, 0.1),
      `seed ${20 + i}`,
    );
  });
});

Deno.test("inpainting: outside of the mask the PNG's bytes are the picture's", async () => {
  const scenes = [{ image: "cat", mask: "mask-cat" }, { image: "latte", mask: "mask-latte" }];
  for (const rule of ["renoise-original", "repaint", "keep-original"]) {
    const found = await figure("inpainting", "inpainted", { scenes, rule, prompt: "mean 0.9", stride: 90 });
    for (const [picture, mask, hole, result] of await picturesOf(found)) {
      let changed = 0;
      for (let i = 0; i < picture.data.length; i++) {
        const kept = i % SIZE >= SIZE / 2;
        assertEquals(mask.data[i], kept ? -1 : 1);
        if (kept) assertEquals([result.data[i], hole.data[i]], [picture.data[i], picture.data[i]]);
        else if (result.data[i] !== picture.data[i]) changed++;
      }
      assert(changed > 300, `${changed} values are drawn anew`);
    }
  }
});

Deno.test("anagrams: what both prompts agree on, under every view that keeps signs", async () => {
  for (const view of ["flip", "rotate-90", "jigsaw", "permute-pixels"]) {
    const parameters = { pairs: [{ upright: "mean 0.5", turned: "mean -0.1" }], view, steps: 8, seed: 2 };
    const noise = new Generator(2);
    const expected = sampled(Float64Array.from(noise.randn(shape).data), leading(8), noise, 0.2 * 2);
    const [[upright]] = await picturesOf(await figure("anagrams", "stage-1", { ...parameters, guidance: 2 }));
    assertPicture(upright, expected, view);
  }
});

Deno.test("hybrids: of two flat means the low frequencies are seen", async () => {
  const parameters = { pairs: [{ far: "mean 0.4", near: "mean -0.8" }], steps: 8, seed: 6, guidance: 1 };
  const noise = new Generator(6);
  const expected = sampled(Float64Array.from(noise.randn(shape).data), leading(8), noise, 0.4);
  const [[near]] = await picturesOf(await figure("hybrids", "stage-1", parameters));
  assertPicture(near, expected, "hybrid");
});

Deno.test("a second stage goes on from the first one's pictures", async () => {
  const parameters = { prompts: ["mean 0.1"], stepCounts: [4], upscaleSteps: 4, guidance: 1 };
  const large = await figure("sampling", "stage-2", parameters, true);
  assertEquals([large.media.width, large.media.height], [4 * SIZE, 4 * SIZE]);
  const [[picture]] = await picturesOf(large);
  const mean = picture.data.reduce((sum, value) => sum + value, 0) / picture.data.length;
  // Guidance 4 of the second stage against the empty prompt, whose mean is 0.
  assert(Math.abs(mean - 0.4) < 0.03, `mean ${mean}`);
});
