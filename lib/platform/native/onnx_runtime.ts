/**
 * ONNX Runtime for Node, whose package is native code.
 *
 * @module
 */
import { OrtSession } from "../ort_session.ts";
import process from "node:process";
import type * as ort from "onnxruntime-node";
import { type Runtime, type RuntimeOptions, RuntimeStartError } from "../runtime.ts";
import { disableTelemetry } from "./telemetry.ts";

/** What the runtime's messages mean. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /libcublas|libcudart|libcudnn|libcurand|libcufft|libnvrtc/,
    "the libraries of CUDA (cudart, cublas, curand) or cuDNN are not installed on this machine",
  ],
  // The runtime's error says neither which library cannot be loaded nor whether it is its own.
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
  const fatal = disableTelemetry();
  if (fatal) throw new RuntimeStartError(fatal);
  const runtime = await import("onnxruntime-node");
  // What goes wrong is thrown, with a message of one line; the runtime would print it as well.
  runtime.env.logLevel = "fatal";
  return runtime;
}

function sessionOptions(options: RuntimeOptions): ort.InferenceSession.SessionOptions {
  const { device, threads, external, prepack, memoryPattern, arena, profile } = options;
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
    ...(profile !== undefined && { enableProfiling: true, profileFilePrefix: profile }),
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(typeof external === "object" && { externalData: external }),
    extra: { session: settings, ...(optimization && { optimization }) },
  };
}
