/**
 * Build an ONNX graph, differentiate it, and run it: gradient descent on Rosenbrock's valley.
 *
 *     deno run --allow-read --allow-ffi=node_modules examples/gradients.ts
 */
import { type Tensor, tensor } from "@denoise/denoise";
import { add, gradients, Graph, mul, openSession, split, square, sub, sum } from "@denoise/denoise/onnx";

const graph = new Graph("rosenbrock");
const point = graph.input("point", "float32", [2]);
const [x, y] = split(point, [1, 1], 0);
const loss = sum(add(square(sub(1, x)), mul(100, square(sub(y, square(x))))));
const [gradient] = gradients(loss, [point]); // appends the nodes of the backward pass
graph.output("loss", loss);
graph.output("next", sub(point, mul(gradient, 0.002)));

// The graph is a plain ONNX file, for Netron or any other runtime.
console.log(`${graph.toBytes().length} bytes of ONNX`);

await using session = await openSession(graph);
let state: Tensor = tensor(Float32Array.of(-1, 1), [2]);
for (let i = 0; i <= 5000; i++) {
  const { loss, next } = await session.run({ point: state });
  if (i % 1000 === 0) console.log(`step ${i}: f(${Array.from(state.data).join(", ")}) = ${loss.data[0]}`);
  state = next;
}
