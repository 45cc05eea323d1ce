/** How the tasks end when something is wrong. */
import { CommanderError } from "commander";
import { ArgumentError } from "../lib/errors.ts";
import { SectionError } from "../report/section.ts";
import { optionOf } from "./option_of.ts";

/** A request that cannot be met for a reason other than a single option's value, which is an `ArgumentError`. */
export class UsageError extends Error {
  /** The name of the class. */
  override name = "UsageError";
}

/** The exit status after an interruption from the keyboard: 128 and the signal's number, as shells have it. */
const INTERRUPTED = 130;

/** Whether an error is a bug in this program rather than bad input. */
function isBug(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  if (error instanceof ArgumentError) return false;
  return error instanceof RangeError || error instanceof TypeError || error instanceof ReferenceError ||
    error instanceof SyntaxError;
}

/** An error about an argument as one about the option that gives it. */
function inOptions(error: ArgumentError): ArgumentError {
  // A section's parameters are given by --set, under their own names.
  if (error instanceof SectionError) return error;
  const option = optionOf(error.argument);
  return option === error.argument ? error : error.renamed(option);
}

/** The line that reports an error to the user. */
function lineOf(error: Error): string {
  const text = error instanceof CommanderError
    ? error.message.replace(/^error: /, "")
    : error instanceof ArgumentError
    ? inOptions(error).message
    : error.message;
  return `error: ${text.replace(/\s+/g, " ").trim()}`;
}

/**
 * Runs a task to the end of the process. Bad input ends it with one line on standard error and exit
 * status 1; a bug prints its stack, for a bug report. Ctrl-C aborts the signal.
 */
export async function runTask(task: (signal: AbortSignal) => Promise<void>): Promise<never> {
  const interruption = new AbortController();
  Deno.addSignalListener("SIGINT", () => {
    // A second Ctrl-C exits at once, without waiting for the current step.
    if (interruption.signal.aborted) Deno.exit(INTERRUPTED);
    interruption.abort(new Error("interrupted"));
  });
  try {
    await task(interruption.signal);
  } catch (error) {
    if (interruption.signal.aborted && error === interruption.signal.reason) {
      console.error("interrupted");
      Deno.exit(INTERRUPTED);
    }
    if (error instanceof CommanderError && error.exitCode === 0) Deno.exit(0); // help was asked for, and given
    console.error(isBug(error) ? error : lineOf(error as Error));
    Deno.exit(1);
  }
  // An explicit exit: the signal listener would keep the event loop alive.
  Deno.exit(0);
}
