/** Opens a session on the device of the first argument and prints what came of it as JSON: a program for a subprocess. */
import { add, type DeviceChoice, Graph, openSession } from "../../lib/onnx/mod.ts";

const graph = new Graph();
graph.output("y", add(graph.input("x", "float32", [2]), 1));
const fallbacks: string[] = [];
try {
  await using session = await openSession(graph, {
    device: Deno.args[0] as DeviceChoice,
    onFallback: (message) => fallbacks.push(message),
  });
  const { y } = await session.run({ x: { data: Float32Array.of(1, 2), shape: [2] } });
  console.log(JSON.stringify({ device: session.device, y: Array.from(y.data), fallbacks }));
} catch (error) {
  const { name, message } = error as Error;
  console.log(JSON.stringify({ name, message, fallbacks }));
}
