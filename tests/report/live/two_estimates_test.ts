import { assert, assertLess } from "@std/assert";
import { denoiseOnce } from "../../../lib/diffusion/mod.ts";
import { combine, type Tensor } from "../../../lib/tensor.ts";
import { openImages, openModels } from "../../../report/mod.ts";
import { noisyPictures } from "../../../report/drawing/noisy_pictures.ts";
import { openStudio } from "../../../report/drawing/studio.ts";
import { openTwoEstimates } from "../../../report/live/two_estimates.ts";

const largest = (a: Tensor, b: Tensor) =>
  a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i])), 0);

Deno.test("two estimates give that of guidance at any scale, of the picture that sections noise", async () => {
  await using models = openModels({ threads: 1 });
  const context = { models, images: openImages(), signal: new AbortController().signal };
  const [model, prompt, image, t, seed] = ["emoji-I", "a rocket ship", "cat", 700, 3] as const;
  const ask = await openTwoEstimates({ model, prompt }, context);
  const { noisy, without, withText } = await ask({ image, t, seed });
  const { noisy: [expected] } = await noisyPictures({ image, timesteps: [t], seed, model }, context);
  assertLess(largest(noisy, expected), 1e-7);
  assert(largest(without, withText) > 0.05, "the text changes the estimate");
  const studio = await openStudio({ model }, [prompt], context);
  for (const scale of [0, 1, 7]) {
    const denoiser = await studio.guided([prompt], scale);
    const { x0 } = await denoiseOnce(denoiser, { x: expected }, t);
    assertLess(largest(combine(1 - scale, without, scale, withText), x0), 1e-3, `scale ${scale}`);
  }
});
