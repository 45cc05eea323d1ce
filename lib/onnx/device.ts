import { ArgumentError } from "../argument_error.ts";
import { type Device, machine } from "../platform/mod.ts";

export type { Device };

/** A device, or `auto`: the first of those that the runtime may have that works: cuda, webgpu, cpu; webgpu, wasm in a tab. */
export type DeviceChoice = Device | "auto";

/** The names of {@linkcode DeviceChoice} that the runtime here knows. */
export const devices: readonly DeviceChoice[] = [...machine.runtime.devices.toSorted(), "auto"];

/** Whether a device is the one that always works: the CPU, by the runtime's own name for it. */
export function isProcessor(device: Device): boolean {
  return device === machine.runtime.devices.at(-1);
}

/** One way to try to open a session. */
export interface Attempt {
  /** The device. */
  readonly name: Device;
  /** Why it failed, on one line, from the runtime's error. */
  explain(message: string): string;
}

function attempt(name: Device): Attempt {
  return {
    name,
    explain(message) {
      const line = message.split("\n")[0];
      if (isProcessor(name)) return `refused by the runtime: ${line}`;
      const reason = machine.runtime.explain(name, message);
      return `does not work here${reason ? `, ${reason}` : ""} (${line})`;
    },
  };
}

/**
 * The attempts that a choice of device stands for, in order.
 *
 * @throws {ArgumentError} if it is no device.
 */
export function attemptsFor(device: DeviceChoice): Attempt[] {
  if (!devices.includes(device)) {
    throw new ArgumentError("device", device, `one of ${devices.join(", ")}`);
  }
  return device === "auto" ? machine.runtime.devices.map(attempt) : [attempt(device)];
}
