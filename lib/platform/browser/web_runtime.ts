/**
 * ONNX Runtime for the web, in this thread: WebAssembly on the CPU, or WebGPU. Each has a build of its own, loaded on first use.
 *
 * @module
 */
import { OrtSession } from "../ort_session.ts";
import type * as ort from "onnxruntime-web";
import { type Runtime, type RuntimeOptions, RuntimeStartError } from "../runtime.ts";
import { readWasm } from "./wasm_binary.ts";

/** The default maximum of threads per operator: more give little. */
const MAX_THREADS = 4;

/** A module with an instruction of 128 bits, as small as can be. */
// deno-fmt-ignore
const SIMD_MODULE = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
);

/** What the runtime's messages mean. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/no navigator\.gpu/, "the browser has no WebGPU, or not on pages of http"],
  [/no shader-f16/, "its graphics adapter does not compute in half precision, as this network is stored"],
  [/no adapter/i, "the browser has no graphics adapter for WebGPU"],
];

/** ONNX Runtime for the web. */
export const webRuntime: Runtime = {
  devices: ["webgpu", "wasm"],
  hasBlockedConvolutions: false,
  runsInWorkers: false,
  start() {
    if (typeof WebAssembly === "object" && WebAssembly.validate(SIMD_MODULE)) return Promise.resolve();
    return Promise.reject(
      new RuntimeStartError(
        "browser: WebAssembly with 128-bit SIMD is expected, which browsers have had since 2021 (Safari since 2023)",
      ),
    );
  },
  async open(model, options) {
    const runtime = await load(options);
    const session = await runtime.InferenceSession.create(model, sessionOptions(options));
    // It is compiled now.
    runtime.env.wasm.wasmBinary = undefined;
    return new OrtSession(session, runtime);
  },
  explain(device, message) {
    if (device === "cuda" || device === "cpu") return "a browser has webgpu and wasm";
    return REASONS.find(([pattern]) => pattern.test(message))?.[1];
  },
};

/** The devices whose build has its WebAssembly. */
const loaded = new Set<string>();

async function load({ device, threads, halfPrecision }: RuntimeOptions): Promise<typeof ort> {
  if (device === "cuda" || device === "cpu") throw new Error(`no ${device}`);
  if (device === "webgpu") await assertAdapter(halfPrecision);
  const file = device === "webgpu" ? "ort-wasm-simd-threaded.asyncify.wasm" : "ort-wasm-simd-threaded.wasm";
  const [runtime, wasm] = await Promise.all([
    device === "webgpu" ? import("onnxruntime-web/webgpu") : import("onnxruntime-web/wasm"),
    loaded.has(device) ? undefined : readWasm(file),
  ]);
  loaded.add(device);
  runtime.env.wasm.wasmBinary ??= wasm;
  // Errors are thrown, with a one-line message; the runtime would print them as well.
  runtime.env.logLevel = "fatal";
  // The first session's threads are those of all. Pages that are not isolated from others have one.
  const cores = Math.min(navigator.hardwareConcurrency, MAX_THREADS);
  runtime.env.wasm.numThreads = globalThis.crossOriginIsolated ? threads ?? cores : 1;
  return runtime;
}

/** What of `navigator.gpu` is used. */
interface Gpu {
  requestAdapter(): Promise<{ readonly features: ReadonlySet<string> } | null>;
}

/** Before a build of 26 MB is fetched for nothing. */
async function assertAdapter(halfPrecision: boolean): Promise<void> {
  const { gpu } = navigator as { readonly gpu?: Gpu };
  if (!gpu) throw new Error("no navigator.gpu");
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error("no adapter");
  // The runtime would notice when it runs, not when it loads.
  if (halfPrecision && !adapter.features.has("shader-f16")) throw new Error("no shader-f16");
}

function sessionOptions(options: RuntimeOptions): ort.InferenceSession.SessionOptions {
  const { device, external, prepack, memoryPattern, arena } = options;
  if (typeof external === "string") {
    throw new Error(`external data in the folder ${external} where there is no disk`);
  }
  return {
    executionProviders: [device],
    graphOptimizationLevel: prepack ? "all" : "extended",
    enableMemPattern: memoryPattern,
    enableCpuMemArena: arena,
    logSeverityLevel: 4,
    ...(external && { externalData: external.map(({ path, data }) => ({ path, data })) }),
  };
}
