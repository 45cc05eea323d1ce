/** What the page and the worker that computes for it say to each other. */
import type { RuntimeInput, RuntimeOptions, RuntimeTensor } from "../runtime.ts";

/** Tensors by name. */
export type RuntimeTensors = Readonly<Record<string, RuntimeTensor>>;

/** What the worker is asked. */
export type Request =
  | { readonly kind: "start" }
  | { readonly kind: "open"; readonly model: Uint8Array; readonly options: RuntimeOptions }
  | {
    readonly kind: "run";
    readonly session: number;
    readonly inputs: RuntimeTensors;
    readonly outputs: readonly string[];
  }
  | { readonly kind: "release"; readonly session: number };

/** A session of the worker's. */
export interface Opened {
  /** What it is known by. */
  readonly session: number;
  /** Its inputs. */
  readonly inputs: readonly RuntimeInput[];
  /** The names of its outputs. */
  readonly outputNames: readonly string[];
}

/** What the worker answers to each kind of request. */
export interface Answers {
  readonly start: undefined;
  readonly open: Opened;
  readonly run: RuntimeTensors;
  readonly release: undefined;
}

/** A request with its number. */
export interface ToWorker {
  readonly id: number;
  readonly request: Request;
}

/** The answer to the request of that number, or why there is none. */
export type FromWorker =
  | { readonly id: number; readonly value: Answers[keyof Answers] }
  | { readonly id: number; readonly message: string; readonly cannotStart: boolean };
