/**
 * Inpainting: regenerate the white part of a mask; every pixel outside it stays exactly as it was.
 *
 *     deno run --allow-read --allow-write=out --allow-ffi=node_modules \
 *       --allow-env=IMAGESCRIPT_WASM_SIMD examples/inpainting.ts
 */
import * as denoise from "@denoise/denoise";
import { concat } from "@denoise/denoise/tensors";

await Deno.mkdir("out", { recursive: true });
await using pipeline = await denoise.openTextToImage("models/emoji-I");
const [text, negative] = [await pipeline.encode(["a clown's face"]), await pipeline.encode([""])];
const model = await pipeline.network();
const { size } = model.spec;

const picture = await denoise.decodeImage(await Deno.readFile("report/images/cat.png"));
const white = await denoise.decodeMask(await Deno.readFile("report/images/mask-cat.png"));
const image = denoise.prepareImage(picture, size, { crop: true });
const mask = denoise.prepareMask(white, size, { crop: true });

const steps = denoise.inpaint(model, text, image, mask, {
  negative,
  seed: 0,
  numInferenceSteps: 40,
  guidanceScale: 5,
  rule: "renoise-original", // or "keep-original", the rule of DeepFloyd IF
});
const result = await denoise.sampleToEnd(steps);
await Deno.writeFile("out/inpainting.png", denoise.encodePng(concat([image, result])));
