/**
 * The worker that runs the report's sections in a reader's tab, which the reader's first run starts: it has the runtime fetched
 * and compiled by a worker of its own, and loads the program meanwhile.
 *
 * @module
 */
import { Graph, neg, openSession } from "../lib/onnx/mod.ts";
import type { ToSectionWorker } from "./protocol.ts";
import { threadsHere } from "./threads.ts";

/** What of the scope of a worker is used. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToSectionWorker>) => void) | null;
}

const scope = globalThis as unknown as WorkerScope;

/** What came before the program did. */
const early: ToSectionWorker[] = [];
scope.onmessage = ({ data }) => early.push(data);

async function warmUp(): Promise<void> {
  const graph = new Graph("warm-up");
  graph.output("y", neg(graph.input("x", "float32", [1])));
  await using _session = await openSession(graph, { device: "wasm", threads: threadsHere() });
}

// An error of the runtime surfaces when a model is opened.
warmUp().catch(() => {});

const { receive } = await import("./section_program.ts");
scope.onmessage = ({ data }) => receive(data);
early.forEach(receive);
