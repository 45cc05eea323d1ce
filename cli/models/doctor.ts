/** `deno task models doctor`: which devices work here, and what the others lack. */
import { add, type Device, DeviceError, Graph, openSession } from "../../lib/onnx/mod.ts";
import { isProviderInstalled, missingLibraries, providerFolder } from "../cuda/provider.ts";

/** The result of testing a device. */
interface Finding {
  /** The device. */
  readonly device: Device;
  /** Whether a graph runs there. */
  readonly works: boolean;
  /** What is missing; empty where it works. */
  readonly reason: string;
  /** What to do about it; empty if unknown. */
  readonly advice: string;
}

const devices: readonly Device[] = ["cpu", "cuda", "webgpu"];

/** Runs a minimal graph on a device and checks its result. */
async function examine(device: Device): Promise<Finding> {
  const graph = new Graph("doctor");
  graph.output("y", add(graph.input("x", "float32", [2]), 1));
  try {
    await using session = await openSession(graph, { device });
    const { y } = await session.run({ x: { data: Float32Array.of(1, 2), shape: [2] } });
    const right = y.data[0] === 2 && y.data[1] === 3;
    const reason = right ? "" : `1 + 1 and 2 + 1 are ${y.data.join(" and ")} there`;
    return { device, works: right, reason, advice: "" };
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return {
      device,
      works: false,
      reason: error.reason,
      advice: device === "cuda" ? await cudaAdvice() : "",
    };
  }
}

/** What CUDA lacks here. */
async function cudaAdvice(): Promise<string> {
  const folder = providerFolder();
  if (!folder) return "CUDA is for Linux on x86_64";
  if (!await isProviderInstalled(folder)) return "deno task install:cuda installs the provider";
  const missing = await missingLibraries(folder);
  if (missing.length === 0) {
    return "all libraries are here: check the driver and the device with nvidia-smi";
  }
  const names = missing.join(", ");
  return `not found: ${names}; libcuda is the driver's, libcudnn is cuDNN, the rest the CUDA toolkit, each of the version in ` +
    "its name (LD_LIBRARY_PATH names folders that the system does not know)";
}

/** Tests every device and prints a line for each and one for what it lacks, or one line of JSON. */
export async function printFindings({ json }: { json?: true }): Promise<void> {
  const findings: Finding[] = [];
  for (const device of devices) findings.push(await examine(device));
  if (json) return console.log(JSON.stringify(findings));
  for (const { device, works, reason, advice } of findings) {
    console.log(`${device.padEnd(8)}${works ? "works" : reason}`);
    if (advice) console.log(`${"".padEnd(8)}${advice}`);
  }
}
