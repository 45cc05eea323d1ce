/**
 * Inpainting: regenerate the white part of a mask; every pixel outside it stays exactly as it was.
 *
 *     deno run --allow-read --allow-write=out --allow-ffi=node_modules \
 *       --allow-env=IMAGESCRIPT_WASM_SIMD examples/inpainting.ts
 */
import { concat, decodeImage, encodePng, inpaint, openTextToImage } from "@denoise/denoise";
import { prepareImage, prepareMask, sampleToEnd } from "@denoise/denoise";

await Deno.mkdir("out", { recursive: true });
await using pipeline = await openTextToImage("models/emoji-I");
const [text, negative] = [await pipeline.encode(["a clown's face"]), await pipeline.encode([""])];
const model = await pipeline.network();
const { size } = model.spec;

const picture = await decodeImage(await Deno.readFile("report/images/cat.png"));
const white = await decodeImage(await Deno.readFile("report/images/mask-cat.png"), { channels: 1 });
const image = prepareImage(picture, size, { crop: true });
const mask = prepareMask(white, size, { crop: true });

const steps = inpaint(model, text, image, mask, {
  negative,
  seed: 0,
  numInferenceSteps: 40,
  guidanceScale: 5,
  rule: "renoise-original", // or "keep-original", the rule of DeepFloyd IF
});
await Deno.writeFile("out/inpainting.png", encodePng(concat([image, await sampleToEnd(steps)])));
