/** What a page and the worker that runs sections in its tab say to each other. */
import type { WorkerEvent } from "../server/worker/protocol.ts";
import type { Fault, Parameters, WireFigure } from "../server/wire.ts";

/** What the worker is told. */
export type ToSectionWorker =
  | {
    readonly type: "run";
    readonly job: number;
    readonly section: string;
    readonly parameters: Parameters;
    /** The models that take part, whose files are fetched at once. */
    readonly models: readonly string[];
    /** The reader's own pictures among the parameters, by their names. */
    readonly pictures: Readonly<Record<string, Blob>>;
  }
  | { readonly type: "cancel"; readonly job: number };

/** What the worker tells. */
export type FromSectionWorker =
  /** Bytes that were fetched, and those of all files that are being fetched. */
  | { readonly type: "loading"; readonly received: number; readonly total: number }
  | { readonly type: "event"; readonly job: number; readonly event: WorkerEvent }
  | { readonly type: "figure"; readonly job: number; readonly figure: WireFigure; readonly file: Blob }
  /** A model that was trained, its folder packed. */
  | { readonly type: "model"; readonly job: number; readonly file: Blob }
  | { readonly type: "done"; readonly job: number }
  | { readonly type: "aborted"; readonly job: number }
  | { readonly type: "failed"; readonly job: number; readonly message: string; readonly fault?: Fault };
