/** What the server and its worker processes say to each other: a line of JSON each. */
import type { Fault, JobEvent, Parameters, WireFigure } from "../wire.ts";

/** What is sent to a worker. */
export type ToWorker =
  | {
    readonly type: "run";
    readonly job: string;
    readonly section: string;
    readonly parameters: Parameters;
    /** The names of the models that take part. */
    readonly models: readonly string[];
    /** The span of the run, as `traceParent` gives it, where traces are recorded. */
    readonly trace?: string;
  }
  | { readonly type: "cancel"; readonly job: string };

/** What a worker tells. */
export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "event"; readonly job: string; readonly event: WorkerEvent }
  | { readonly type: "figure"; readonly job: string; readonly figure: WireFigure; readonly data: string }
  | { readonly type: "end"; readonly job: string; readonly megabytes: number }
  | { readonly type: "error"; readonly job: string; readonly message: string; readonly fault?: Fault }
  | { readonly type: "aborted"; readonly job: string };

/** Events that go on to those who watch as they are. */
export type WorkerEvent =
  | Extract<JobEvent, { type: "preview" | "points" }>
  | { readonly type: "progress"; readonly done: number; readonly total: number; readonly label: string };

/** Lines that begin otherwise are something a library has printed. */
export const MARK = "\u001fdenoise ";

/** Splits bytes into lines, without their ends. */
export async function* lines(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  for await (const chunk of bytes) {
    const parts = decoder.decode(chunk, { stream: true }).split("\n");
    for (const [i, part] of parts.entries()) {
      pieces.push(part);
      if (i === parts.length - 1) break;
      yield pieces.join("");
      pieces.length = 0;
    }
  }
  if (pieces.join("") !== "") yield pieces.join("");
}
