/**
 * What computes graphs: ONNX Runtime, of which there is one package for each kind of machine.
 *
 * @module
 */
import type { TensorData } from "../tensor.ts";

/** A device that a session runs on: a program under Deno has `cpu`, `cuda` and `webgpu`, a browser's tab `wasm` (its CPU) and `webgpu`. */
export type Device = "cpu" | "cuda" | "webgpu" | "wasm";

/** A file that a model refers to, in memory: what {@linkcode RuntimeOptions.external} has by its path in the model. */
export interface ExternalFile {
  /** The file's path, as the model has it. */
  readonly path: string;
  /** All of its bytes: the model's offsets are places in them. */
  readonly data: Uint8Array;
}

/** How a model is loaded. */
export interface RuntimeOptions {
  /** Where it runs. */
  readonly device: Device;
  /** How many threads the CPU uses for one operator; defaults to the number of cores. */
  readonly threads?: number;
  /**
   * Where the model's external data is: a folder on disk, from whose files it is mapped, or files in memory. A runtime
   * that has no disk takes no folder.
   */
  readonly external?: string | readonly ExternalFile[];
  /** Whether it computes with numbers of half precision, beyond widening them: not every device can. */
  readonly halfPrecision: boolean;
  /** Whether constant weights are copied into the layout and the type that are fastest. */
  readonly prepack: boolean;
  /** Whether buffers are planned ahead. */
  readonly memoryPattern: boolean;
  /** Whether freed buffers are kept for those to come. */
  readonly arena: boolean;
  /** What the path of a file begins with that the runtime writes to when the session is closed: how long each node took. Without a disk there is none. */
  readonly profile?: string;
}

/** What a model says of an input. */
export interface RuntimeInput {
  /** Its name. */
  readonly name: string;
  /** The type of its elements, in the runtime's words: `float32`, `int64`; undefined if it is no tensor. */
  readonly type: string | undefined;
  /** The size of each axis: a number, or the name of one that is known when the model runs. */
  readonly shape: readonly (number | string)[];
}

/** A tensor as a runtime takes and gives it. */
export interface RuntimeTensor {
  /** The type of its elements, in the runtime's words. */
  readonly type: string;
  /** The elements, row by row; of half precision their bits, as a `Uint16Array`. */
  readonly data: TensorData;
  /** The size of each axis. */
  readonly shape: readonly number[];
}

/** A model that is loaded. */
export interface RuntimeSession {
  /** The inputs. */
  readonly inputs: readonly RuntimeInput[];
  /** The names of the outputs. */
  readonly outputNames: readonly string[];
  /**
   * Computes outputs.
   *
   * @param inputs All inputs by name; their arrays are not copied, and are not written to until the outputs are there.
   * @param outputs Which outputs to compute, in this order.
   * @throws {Error} with the runtime's own message.
   */
  run(
    inputs: Readonly<Record<string, RuntimeTensor>>,
    outputs: readonly string[],
  ): Promise<Record<string, RuntimeTensor>>;
  /** Frees its memory. */
  release(): Promise<void>;
}

/** A runtime that cannot be started here; the message says what to do. */
export class RuntimeStartError extends Error {
  /** The name of the class. */
  override name = "RuntimeStartError";
}

/** A runtime. */
export interface Runtime {
  /**
   * The devices that it may have, the fastest first, and last the one that always works; whether another does is found out by
   * opening a session.
   */
  readonly devices: readonly Device[];
  /** Whether its kernels for the CPU may have a layout of their own that convolutions are fastest in. */
  readonly hasBlockedConvolutions: boolean;
  /** Whether sessions in workers of the program's own run side by side; else all that are open take turns. */
  readonly runsInWorkers: boolean;
  /**
   * Loads the runtime itself; the second time it does nothing.
   *
   * @throws {RuntimeStartError} if it cannot be started here.
   */
  start(): Promise<void>;
  /**
   * Loads a model, once the runtime is started.
   *
   * @param model The bytes of an ONNX model; not written to until it is loaded.
   * @throws {Error} with the runtime's own message, if the model is refused or the device does not work.
   */
  open(model: Uint8Array, options: RuntimeOptions): Promise<RuntimeSession>;
  /**
   * Why a device does not work, in words for a user.
   *
   * @param device The device.
   * @param message What {@linkcode Runtime.open} threw.
   * @returns The reason; undefined if it is none that is known.
   */
  explain(device: Device, message: string): string | undefined;
}
