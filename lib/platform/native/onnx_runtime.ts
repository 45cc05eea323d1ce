/**
 * ONNX Runtime for Node, whose package is native code.
 *
 * @module
 */
import process from "node:process";
import type * as ort from "onnxruntime-node";
import type { TensorData } from "../../tensor.ts";
import {
  type Runtime,
  type RuntimeInput,
  type RuntimeOptions,
  type RuntimeSession,
  RuntimeStartError,
} from "../runtime.ts";
import { switchOffTelemetry } from "./telemetry.ts";

/** What the runtime's messages mean. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /libcublas|libcudart|libcudnn|libcurand|libcufft|libnvrtc/,
    "the libraries of CUDA (cudart, cublas, curand) or cuDNN are not installed on this machine",
  ],
  // The runtime tells neither which library cannot be loaded nor whether it is its own.
  [
    /providers_cuda|cuda.*(failed to load|not.*(available|supported))|not.*(enabled|built).*cuda/i,
    "the runtime's CUDA provider, or a library that it needs, is not installed",
  ],
  [/CUDA failure|no CUDA-capable device|cudaGetDevice/i, "there is no CUDA device"],
  [/webgpu|adapter|vulkan|dawn/i, "there is no WebGPU device, or its driver is too old"],
];

/** ONNX Runtime for Node. */
export const onnxRuntime: Runtime = {
  devices: ["cuda", "webgpu", "cpu"],
  // Elsewhere the kernels may be missing, and a run would be the end of the process.
  hasBlockedConvolutions: process.arch === "x64",
  runsInWorkers: true,
  async start() {
    await load();
  },
  async open(model, options) {
    const runtime = await load();
    const session = await runtime.InferenceSession.create(model, sessionOptions(options));
    return new OrtSession(session, runtime);
  },
  explain(_device, message) {
    return REASONS.find(([pattern]) => pattern.test(message))?.[1];
  },
};

async function load(): Promise<typeof ort> {
  const fatal = switchOffTelemetry();
  if (fatal) throw new RuntimeStartError(fatal);
  const runtime = await import("onnxruntime-node");
  // What goes wrong is thrown, with a message of one line; the runtime would print it as well.
  runtime.env.logLevel = "fatal";
  return runtime;
}

function sessionOptions(options: RuntimeOptions): ort.InferenceSession.SessionOptions {
  const { device, threads, external, prepack, memoryPattern, arena } = options;
  const settings: Record<string, string> = {};
  if (!prepack) settings.disable_prepacking = "1";
  if (typeof external === "string") settings.model_external_initializers_file_folder_path = external;
  // Folding widens weights of half precision.
  const optimization = prepack ? undefined : { disable_specified_optimizers: "ConstantFolding" };
  return {
    executionProviders: [device],
    // The last level copies the weights of convolutions into another layout.
    graphOptimizationLevel: prepack ? "all" : "extended",
    enableMemPattern: memoryPattern,
    enableCpuMemArena: arena,
    logSeverityLevel: 4,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(typeof external === "object" && { externalData: external }),
    extra: { session: settings, ...(optimization && { optimization }) },
  };
}

/** A session of the runtime. */
class OrtSession implements RuntimeSession {
  readonly inputs: readonly RuntimeInput[];
  readonly outputNames: readonly string[];
  readonly #session: ort.InferenceSession;
  readonly #runtime: typeof ort;

  constructor(session: ort.InferenceSession, runtime: typeof ort) {
    this.#session = session;
    this.#runtime = runtime;
    this.outputNames = [...session.outputNames];
    this.inputs = session.inputMetadata.map((declared) => ({
      name: declared.name,
      type: declared.isTensor ? declared.type : undefined,
      shape: declared.isTensor ? declared.shape : [],
    }));
  }

  run: RuntimeSession["run"] = async (inputs, outputs) => {
    const feeds: Record<string, ort.Tensor> = {};
    for (const [name, { type, data, shape }] of Object.entries(inputs)) {
      feeds[name] = new this.#runtime.Tensor(type as ort.Tensor.Type, data as never, shape);
    }
    const results = await this.#session.run(feeds, outputs);
    return Object.fromEntries(
      Object.entries(results).map(([name, { type, data, dims }]) => {
        return [name, { type, data: data as TensorData, shape: dims }];
      }),
    );
  };

  async release(): Promise<void> {
    await this.#session.release();
  }
}
