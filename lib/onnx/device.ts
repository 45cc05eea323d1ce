import { ArgumentError } from "../argument_error.ts";

/** A device that a session runs on. */
export type Device = "cpu" | "cuda" | "webgpu";

/** A device, or `auto`: the first of cuda, webgpu and cpu that works. */
export type DeviceChoice = Device | "auto";

/** The names that {@linkcode DeviceChoice} allows. */
export const devices: readonly DeviceChoice[] = ["cpu", "cuda", "webgpu", "auto"];

/** One way to try to open a session. */
export interface Attempt {
  /** The device. */
  readonly name: Device;
  /** The runtime's execution providers for it. */
  readonly providers: readonly string[];
  /** Why it failed, on one line, from the runtime's error. */
  explain(message: string): string;
}

const reasons: readonly (readonly [RegExp, string])[] = [
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

function attempt(name: Device): Attempt {
  return {
    name,
    providers: [name],
    explain(message) {
      const line = message.split("\n")[0];
      if (name === "cpu") return `refused by the runtime: ${line}`;
      const reason = reasons.find(([pattern]) => pattern.test(message))?.[1];
      return `does not work here${reason ? `, ${reason}` : ""} (${line})`;
    },
  };
}

/**
 * The attempts that a choice of device stands for, in order.
 *
 * @throws {ArgumentError} if it is no device.
 */
export function providersFor(device: DeviceChoice): Attempt[] {
  if (!devices.includes(device)) {
    throw new ArgumentError("device", device, `one of ${devices.join(", ")}`);
  }
  return device === "auto" ? [attempt("cuda"), attempt("webgpu"), attempt("cpu")] : [attempt(device)];
}
