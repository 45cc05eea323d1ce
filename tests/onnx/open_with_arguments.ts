/** Opens a session in a process of its own, and prints `open` or what the error says. */
import { Graph, openSession } from "../../lib/onnx/mod.ts";

const graph = new Graph();
graph.output("y", graph.input("x", "float32", [1]));
try {
  await using _session = await openSession(graph, { threads: 1 });
  console.log("open");
} catch (error) {
  console.log((error as Error).message);
}
