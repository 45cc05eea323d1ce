/**
 * Sample handwritten digits, and save the model's best guess at every step.
 *
 *     deno run --allow-read --allow-write=out --allow-ffi=node_modules examples/digits.ts
 */
import { encodePng, openMnistModel, sampleDigits } from "@denoise/denoise";

await Deno.mkdir("out", { recursive: true });
await using model = await openMnistModel("models/mnist-class");

const steps = sampleDigits(model, [2, 0, 2, 4], { seed: 7, numInferenceSteps: 20, guidanceScale: 5 });
for await (const { index, t, x, x0 } of steps) {
  // `x` is the noisy batch after this step, `x0` the clean batch the network currently predicts.
  await Deno.writeFile("out/digits-preview.png", encodePng(x0, { range: model.spec.range }));
  await Deno.writeFile("out/digits.png", encodePng(x, { range: model.spec.range }));
  console.log(`step ${index + 1}, t = ${t}`);
}
