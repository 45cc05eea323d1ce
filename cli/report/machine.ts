/** The machine that computes. */
import type { Machine } from "../../report/record.ts";

/** The vector instructions that determine the order of summation, the widest first. */
const KNOWN = ["avx512_vnni", "avx512f", "avx2", "avx", "sse4_2", "asimd"];

/**
 * The properties of the machine that determine the last bits of results.
 *
 * @param device Where it is computed.
 * @param threads The number of threads; defaults to one per core.
 */
export async function describeMachine(device: string, threads?: number): Promise<Machine> {
  return {
    runtime: `Deno ${Deno.version.deno}, ONNX Runtime ${await runtimeVersion()}`,
    device,
    system: `${Deno.build.os} ${Deno.build.arch}`,
    instructions: await instructions(),
    threads: threads ?? navigator.hardwareConcurrency,
  };
}

/** What is known of the machines of a fleet: that they have this version of everything. */
export async function describeFleet(): Promise<Machine> {
  return { runtime: `Deno ${Deno.version.deno}, ONNX Runtime ${await runtimeVersion()}`, device: "fleet" };
}

async function runtimeVersion(): Promise<string> {
  try {
    const url = new URL("../../node_modules/onnxruntime-node/package.json", import.meta.url);
    return JSON.parse(await Deno.readTextFile(url)).version;
  } catch {
    return "of unknown version";
  }
}

/** On Linux, from the kernel; elsewhere just the architecture. */
async function instructions(): Promise<string> {
  try {
    const info = await Deno.readTextFile("/proc/cpuinfo");
    const flags = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(info)?.[1].trim().split(/\s+/));
    const found = KNOWN.filter((name) => flags.has(name));
    return found.length ? found.join(" ") : Deno.build.arch;
  } catch {
    return Deno.build.arch;
  }
}
