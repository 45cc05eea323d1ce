/**
 * Train a small network with the layers and the `Trainer`: on which of two spirals does a point lie?
 *
 *     deno run --allow-read --allow-ffi=node_modules examples/train_spirals.ts
 */
import { Generator, tensor } from "@denoise/denoise";
import { linearLayer, type Scope } from "@denoise/denoise/nn";
import { Trainer } from "@denoise/denoise/train";
import { logSoftmax, mean, neg, pick, tanh } from "@denoise/denoise/onnx";

const points = 200;
const spiral = Array.from({ length: points }, (_, i) => i % 2);
const coordinates = spiral.flatMap((which, i) => {
  const [radius, angle] = [0.1 + 0.9 * i / points, 7 * i / points + Math.PI * which];
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
});
const batch = {
  x: tensor(Float32Array.from(coordinates), [points, 2]),
  label: tensor(BigInt64Array.from(spiral, BigInt), [points]),
};

/** Network and loss. The layers take their parameters from the scope, named as in PyTorch's `state_dict`. */
function objective(scope: Scope) {
  const x = scope.graph.input("x", "float32", [points, 2]);
  const label = scope.graph.input("label", "int64", [points]);
  const first = tanh(linearLayer(scope.at("first"), x, 64));
  const second = tanh(linearLayer(scope.at("second"), first, 64));
  return neg(mean(pick(logSoftmax(linearLayer(scope.at("head"), second, 2)), label)));
}

await using trainer = await Trainer.create(objective, { generator: new Generator(0) });
console.log(`${trainer.parameterCount} parameters: ${Object.keys(trainer.weights()).join(", ")}`);
for (let i = 1; i <= 300; i++) {
  const { step, loss } = await trainer.step(batch, 0.01);
  if (step % 50 === 0) console.log(`step ${step}: loss ${loss.toFixed(4)}`);
}
