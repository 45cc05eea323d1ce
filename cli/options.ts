/** Shared by the tasks' command lines: how they are parsed, and parsers of options. */
import { Command } from "commander";
import { ArgumentError } from "../lib/errors.ts";
import { type DeviceChoice, devices } from "../lib/onnx/mod.ts";

/** A task's command line. Errors are thrown, not printed; the output has no colours. */
export function createCommand(task: string, description: string): Command {
  const plain = { getOutHasColors: () => false, getErrHasColors: () => false, writeErr: () => {} };
  return new Command(`deno task ${task}`)
    .description(description)
    .configureOutput(plain)
    .showSuggestionAfterError(false)
    .exitOverride();
}

/** Adds `--device` and `--threads`. */
export function addDeviceOptions(command: Command): Command {
  return command
    .option(
      "--device <device>",
      `device to compute on: ${devices.join(", ")}`,
      oneOf("device", devices),
      "cpu",
    )
    .option("--threads <n>", "CPU threads (default: one per core)", wholeNumber("threads", 1, 1024));
}

/** What {@linkcode addDeviceOptions} gives. */
export interface DeviceOptions {
  readonly device: DeviceChoice;
  readonly threads?: number;
}

/** A parser of whole numbers within bounds. */
export function wholeNumber(name: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new ArgumentError(name, text, `a whole number from ${min} to ${max}`);
  };
}

/** A parser of safe integers of either sign. */
export function integer(name: string): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
    if (Number.isSafeInteger(value)) return value;
    throw new ArgumentError(name, text, "an integer within ±(2^53 - 1)");
  };
}

/** A parser of finite numbers. */
export function finiteNumber(name: string): (text: string) => number {
  return (text) => {
    const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
    if (Number.isFinite(value)) return value;
    throw new ArgumentError(name, text, "a finite number");
  };
}

/** A parser of numbers within bounds. */
export function numberWithin(name: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new ArgumentError(name, text, `a number from ${min} to ${max}`);
  };
}

/** A parser of one of a set of names. */
export function oneOf<const T extends string>(name: string, choices: readonly T[]): (text: string) => T {
  return (text) => {
    if ((choices as readonly string[]).includes(text)) return text as T;
    throw new ArgumentError(name, text, `one of ${choices.join(", ")}`);
  };
}

/** A text quoted for an error message, shortened if long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
