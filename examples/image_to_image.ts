/**
 * Image to image (SDEdit): add noise to a picture, then denoise it towards a prompt.
 *
 *     deno run --allow-read --allow-write=out --allow-ffi=node_modules \
 *       --allow-env=IMAGESCRIPT_WASM_SIMD examples/image_to_image.ts
 */
import * as denoise from "@denoise/denoise";
import { concat } from "@denoise/denoise/tensors";

await Deno.mkdir("out", { recursive: true });
await using pipeline = await denoise.openTextToImage("models/emoji-I");
const [text, negative] = [await pipeline.encode(["a rocket ship"]), await pipeline.encode([""])];
const model = await pipeline.network();

const file = await Deno.readFile("report/images/campanile.png");
const image = denoise.prepareImage(await denoise.decodeImage(file), model.spec.size, { crop: true });

// The higher the strength, the more noise is added and the less of the original survives.
const images = [image];
for (const strength of [0.3, 0.5, 0.7, 0.9]) {
  const options = { negative, seed: 0, strength, numInferenceSteps: 40, guidanceScale: 5 };
  images.push(await denoise.sampleToEnd(denoise.imageToImage(model, text, image, options)));
}
await Deno.writeFile("out/image_to_image.png", denoise.encodePng(concat(images)));
