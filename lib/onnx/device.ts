import { type Device, machine } from "../platform/mod.ts";

export type { Device };

/** A device, or `auto`: the first of those that the runtime may have that works: cuda, webgpu, cpu. */
export type DeviceChoice = Device | "auto";

/** The names that {@linkcode DeviceChoice} allows. */
export const devices: readonly DeviceChoice[] = ["cpu", "cuda", "webgpu", "auto"];

/** One way to try to open a session. */
export interface Attempt {
  /** The device. */
  readonly name: Device;
  /** One line for the user, from the runtime's error. */
  explain(message: string): string;
}

function attempt(name: Device): Attempt {
  return {
    name,
    explain(message) {
      const line = message.split("\n")[0];
      if (name === "cpu") return `model: refused by the runtime: ${line}`;
      const reason = machine.runtime.explain(name, message);
      return `device: ${name} does not work here${reason ? `, ${reason}` : ""} (${line})`;
    },
  };
}

/**
 * The attempts that a choice of device stands for, in order.
 *
 * @throws {RangeError} if it is no device.
 */
export function attemptsFor(device: DeviceChoice): Attempt[] {
  if (!devices.includes(device)) {
    throw new RangeError(`device: "${device}" where one of ${devices.join(", ")} is expected`);
  }
  return device === "auto" ? machine.runtime.devices.map(attempt) : [attempt(device)];
}
