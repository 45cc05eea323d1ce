/** A replica's worker: one session, which computes gradients; see `gradient_replica.ts` for its messages. */
import { openSession, type Session } from "../onnx/session.ts";
import type { FromWorker, Tensors, ToWorker } from "./gradient_replica.ts";
import { freeTensor } from "./free_tensor.ts";

/** What a worker's global scope has that a window's has not. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
let session: Session;
let shared: Tensors = {};

async function answer(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case "open": {
      const fallbacks: string[] = [];
      const onFallback = (line: string) => fallbacks.push(line);
      session = await openSession(message.model, { ...message.options, onFallback });
      return scope.postMessage({ kind: "opened", device: session.device, fallbacks });
    }
    case "share":
      Object.values(shared).forEach(freeTensor);
      shared = message.common;
      return scope.postMessage({ kind: "shared" });
    case "run": {
      const outputs = await session.run({ ...shared, ...message.inputs });
      Object.values(message.inputs).forEach(freeTensor);
      const arrays = Object.values(outputs).map(({ data }) => data.buffer as ArrayBuffer);
      return scope.postMessage({ kind: "ran", outputs }, arrays);
    }
    case "close":
      await session[Symbol.asyncDispose]();
      return scope.postMessage({ kind: "closed" });
  }
}

scope.onmessage = ({ data }) => {
  answer(data).catch((error) => scope.postMessage({ kind: "failed", message: error.message }));
};
