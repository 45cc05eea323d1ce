import { ArgumentError } from "../argument_error.ts";
import {
  type ExternalFile,
  type Files,
  machine,
  type RuntimeInput,
  type RuntimeSession,
  RuntimeStartError,
  type RuntimeTensor,
} from "../platform/mod.ts";
import { attemptsFor, type Device, type DeviceChoice, isProcessor } from "./device.ts";
import { Graph } from "./graph.ts";
import { runErrorLine } from "./run_error.ts";
import { sizeOf, type Tensor, type TensorData } from "../tensor.ts";
import { assertOptions, type OptionNames } from "../options.ts";

/** Files that lie on no disk, of which all bytes are read: by the paths that a graph refers to them by. */
export type ExternalFiles = Pick<Files, "readBytes">;

/** How a session is opened. */
export interface SessionOptions {
  /** Where it runs; defaults to `cpu`, in a tab to `wasm`. `auto` takes the first device that works and reports why others do not. */
  readonly device?: DeviceChoice;
  /** How many threads the CPU uses for one operator; defaults to the number of cores. */
  readonly threads?: number;
  /**
   * The folder that external data lies in, for graphs that refer to weights in place: its path, from which they are mapped, or
   * files that lie on no disk, which are read into memory.
   */
  readonly folder?: string | ExternalFiles;
  /**
   * Whether constant weights are copied into the layout and the type that are fastest (the default). Without, external
   * data stays mapped from its file and takes no memory of its own, at the price of slower products; half precision is
   * widened each time it is used.
   */
  readonly prepack?: boolean;
  /** Whether buffers are planned ahead for speed (the default); training takes less memory without. */
  readonly memoryPattern?: boolean;
  /**
   * Whether freed buffers are kept for those to come (the default). Without, a run takes no more than what it needs at a
   * time and gives it back; where buffers are large, that takes time.
   */
  readonly arena?: boolean;
  /**
   * What the path of a file begins with that the runtime writes to when the session is closed: how long each node took, as Chrome's
   * trace viewer reads it. By default there is none; nor is there in a tab.
   */
  readonly profile?: string;
  /** Called with one line for each device that `auto` passes over. */
  readonly onFallback?: (message: string) => void;
}

const sessionOptionNames: OptionNames<SessionOptions> = {
  device: true,
  threads: true,
  folder: true,
  prepack: true,
  memoryPattern: true,
  arena: true,
  profile: true,
  onFallback: true,
};

/** A session that cannot be opened or run: says what was expected. */
export class SessionError extends Error {
  /** The class of the error. */
  override name = "SessionError";
}

/** A device that a session cannot be opened on: it does not work here, or refuses the model. */
export class DeviceError extends SessionError {
  /** The class of the error. */
  override name = "DeviceError";
  /** The device. */
  readonly device: Device;
  /** Why not: the message without the device's name. */
  readonly reason: string;

  /**
   * Makes an error.
   *
   * @param device The device.
   * @param reason Why it cannot be used; the CPU works, so it is the model that is refused.
   */
  constructor(device: Device, reason: string) {
    super(`${isProcessor(device) ? "model:" : `device: ${device}`} ${reason}`);
    this.device = device;
    this.reason = reason;
  }
}

/** A graph, loaded onto a device. `run` blocks the thread while it computes: long work belongs into a worker. */
export class Session implements AsyncDisposable {
  #session: RuntimeSession;
  #outputNames: readonly string[];
  #milliseconds = 0;
  #released: Promise<void> | undefined;

  /** Made by {@linkcode openSession}. */
  constructor(
    session: RuntimeSession,
    /** The device it runs on. */
    readonly device: Device,
    outputNames: readonly string[] = session.outputNames,
  ) {
    this.#session = session;
    this.#outputNames = outputNames;
  }

  /** The names of the inputs. */
  get inputNames(): readonly string[] {
    return this.#session.inputs.map(({ name }) => name);
  }

  /** The names of the outputs. */
  get outputNames(): readonly string[] {
    return [...this.#outputNames];
  }

  /** How long the runtime has computed so far, in milliseconds. */
  get runtimeMs(): number {
    return this.#milliseconds;
  }

  /**
   * Computes the outputs from the inputs.
   *
   * @param inputs A tensor for each input, by name; its array is not copied, unless its memory is shared.
   * @param options `outputs`: which outputs to compute (default: all); `signal`: stops before the run.
   * @throws {SessionError} if the session is closed, an input is missing, unknown, or of another type or shape than the graph says, an output
   *   is unknown, or a node cannot be computed (an index out of range, symbolic sizes that do not fit each other, too little
   *   memory).
   */
  async run(
    inputs: Readonly<Record<string, Tensor<TensorData>>>,
    options: { readonly outputs?: readonly string[]; readonly signal?: AbortSignal } = {},
  ): Promise<Record<string, Tensor>> {
    assertOptions(options, { outputs: true, signal: true });
    options.signal?.throwIfAborted();
    if (this.#released) throw new SessionError("session: closed where an open one is expected");
    const feeds: Record<string, RuntimeTensor> = {};
    for (const declared of this.#session.inputs) {
      const value = inputs[declared.name];
      if (!value) {
        throw new SessionError(`inputs: "${declared.name}" is missing, of ${this.inputNames.join(", ")}`);
      }
      feeds[declared.name] = feed(value, declared);
    }
    for (const name of Object.keys(inputs)) {
      if (!Object.hasOwn(feeds, name)) {
        throw new SessionError(`inputs: "${name}" is none of ${this.inputNames.join(", ")}`);
      }
    }
    const outputs = options.outputs ?? this.outputNames;
    for (const name of outputs) {
      if (!this.outputNames.includes(name)) {
        throw new SessionError(`outputs: "${name}" is none of ${this.outputNames.join(", ")}`);
      }
    }
    const start = performance.now();
    const results = await this.#session.run(feeds, outputs).catch((error: Error) => {
      throw new SessionError(`run: ${runErrorLine(error.message)}`);
    });
    this.#milliseconds += performance.now() - start;
    options.signal?.throwIfAborted();
    return Object.fromEntries(
      Object.entries(results).map(([name, value]) => {
        return [name, { data: value.data as Float32Array, shape: value.shape }];
      }),
    );
  }

  /** Frees the session's memory; the second time it does nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    await (this.#released ??= this.#session.release());
  }
}

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/** A tensor as the runtime takes it, if it is what the graph declares. */
function feed(value: Tensor<TensorData>, declared: RuntimeInput): RuntimeTensor {
  const { name } = declared;
  if (declared.type === undefined) throw new SessionError(`inputs: "${name}" is no tensor in this graph`);
  const type = declared.type as keyof typeof arrays;
  if (!Object.hasOwn(arrays, type)) {
    throw new SessionError(
      `inputs: "${name}" is ${type}, which cannot be handed over: cast float32 in the graph`,
    );
  }
  if (!(value.data instanceof arrays[type])) {
    throw new SessionError(
      `inputs: "${name}" is a ${value.data.constructor.name} where ${type} is expected`,
    );
  }
  const fits = declared.shape.length === value.shape.length &&
    declared.shape.every((dim, i) => typeof dim === "string" || dim === value.shape[i]);
  if (!fits || sizeOf(value.shape) !== value.data.length) {
    throw new SessionError(
      `inputs: "${name}" has shape [${value.shape}] where [${declared.shape}] is expected`,
    );
  }
  return { type, data: unshared(value.data), shape: value.shape };
}

/**
 * Loads a graph, or the bytes of an ONNX model, onto a device.
 *
 * Needs the permission to load native code, `--allow-ffi`; with that of the variable `ORT_DISABLE_TELEMETRY` it switches the
 * runtime's telemetry off, which otherwise cannot take a command line of more than 4 kB.
 *
 * @throws {SessionError} if the model is refused, the device does not work, or the command line is too long.
 */
export async function openSession(model: Graph | Uint8Array, options: SessionOptions = {}): Promise<Session> {
  assertOptions(options, sessionOptionNames);
  const { threads, folder, prepack = true, memoryPattern = true, arena = true, profile } = options;
  const device = options.device ?? machine.runtime.devices.at(-1)!;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new ArgumentError("threads", threads, "a whole number from 1");
  }
  await machine.runtime.start().catch((error) => {
    throw error instanceof RuntimeStartError ? new SessionError(error.message) : error;
  });
  const bytes = model instanceof Graph ? model.toBytes() : unshared(model);
  // The model may have more outputs than were declared: those that a kernel insists on writing.
  const outputNames = model instanceof Graph ? model.outputs.map(({ name }) => name) : undefined;
  const external = typeof folder === "object" ? await readExternal(model, folder) : folder;
  const halfPrecision = model instanceof Graph && computesInHalfPrecision(model);
  const failures: DeviceError[] = [];
  for (const { name, explain } of attemptsFor(device)) {
    try {
      const settings = {
        device: name,
        threads,
        external,
        halfPrecision,
        prepack,
        memoryPattern,
        arena,
        profile,
      };
      const session = new Session(await machine.runtime.open(bytes, settings), name, outputNames);
      failures.forEach(({ message }) => options.onFallback?.(message));
      return session;
    } catch (error) {
      failures.push(new DeviceError(name, explain(error instanceof Error ? error.message : String(error))));
    }
  }
  throw failures[failures.length - 1];
}

/** Whether a node takes numbers of half precision and is no cast, which is computed when the model is loaded. */
function computesInHalfPrecision(graph: Graph): boolean {
  return graph.nodes.some(({ op, inputs }) =>
    op !== "Cast" && inputs.some((input) => input?.dtype === "float16")
  );
}

/** All files that a graph refers to, read. */
async function readExternal(model: Graph | Uint8Array, files: ExternalFiles): Promise<ExternalFile[]> {
  if (!(model instanceof Graph)) {
    throw new SessionError(
      "folder: files that lie on no disk, where a path is expected for a model in bytes",
    );
  }
  return await Promise.all(
    [...model.externalFiles].map(async (path) => ({ path, data: await files.readBytes(path) })),
  );
}

/** An array, or a copy of it where its memory is shared: the runtime refuses what others may write to meanwhile. */
function unshared<Data extends TensorData>(data: Data): Data {
  // Pages that are not isolated from others have no shared memory.
  const isShared = typeof SharedArrayBuffer !== "undefined" && data.buffer instanceof SharedArrayBuffer;
  return isShared ? data.slice() as Data : data;
}
