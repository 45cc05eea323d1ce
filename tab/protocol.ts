/** The messages between a page and the worker that runs sections in its tab. */
import type { NoisyQuestion, TwoEstimates } from "../report/live/two_estimates.ts";
import type { WorkerEvent } from "../server/worker/protocol.ts";
import type { DrawnDigit } from "./drawn_digit.ts";
import type { Fault, Parameters, WireFigure } from "../server/wire.ts";

/** A run that trains, by the name under which it is kept. */
export interface TrainingRequest {
  readonly id: string;
  /** Whether it goes on from its checkpoint. */
  readonly resume: boolean;
  /** The reader's digits, for a run from its start. */
  readonly drawn: readonly DrawnDigit[];
}

/** A request for estimates of one noisy picture. */
export interface EstimateRequest extends NoisyQuestion {
  /** The name of the first stage. */
  readonly model: string;
  readonly prompt: string;
  /** The picture, where it is the reader's own. */
  readonly pictures: Readonly<Record<string, Blob>>;
}

/** Messages to the worker. */
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
    /** For a run that trains. */
    readonly training?: TrainingRequest;
  }
  | { readonly type: "cancel"; readonly job: number }
  | { readonly type: "estimate"; readonly job: number; readonly request: EstimateRequest };

/** Messages from the worker. */
export type FromSectionWorker =
  /** Bytes that were fetched, and those of all files that are being fetched. */
  | { readonly type: "loading"; readonly received: number; readonly total: number }
  | { readonly type: "event"; readonly job: number; readonly event: WorkerEvent }
  | { readonly type: "figure"; readonly job: number; readonly figure: WireFigure; readonly file: Blob }
  /** A model that was trained: its folder packed, and its weights alone. */
  | { readonly type: "model"; readonly job: number; readonly folder: Blob; readonly weights: Blob }
  /** Whether what is trained is kept; where it is not, why. */
  | { readonly type: "kept"; readonly job: number; readonly problem?: string }
  | { readonly type: "done"; readonly job: number }
  | { readonly type: "estimated"; readonly job: number; readonly estimates: TwoEstimates }
  | { readonly type: "aborted"; readonly job: number }
  | { readonly type: "failed"; readonly job: number; readonly message: string; readonly fault?: Fault };
