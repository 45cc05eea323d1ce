/**
 * The runtime's telemetry, which is switched off.
 *
 * ONNX Runtime 1.29 reads the command line of the process when it starts, to report which program it runs in, by a regular
 * expression of the C++ library, whose matching calls itself once for each character: a command line of some ten thousand
 * characters, such as a long prompt, overflows the stack and is the end of the process.
 */

/** The variable that switches the runtime's telemetry off. */
const VARIABLE = "ORT_DISABLE_TELEMETRY";

/** How much of a command line the runtime certainly takes, in bytes, on the smallest stacks there are. */
const MAX_BYTES = 4096;

/**
 * Switches telemetry off for this process, if it may be: before the runtime starts.
 *
 * @returns Undefined if the runtime can be started; else why it would be the end of the process.
 */
export function disableTelemetry(): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: VARIABLE });
  if (state === "granted") {
    Deno.env.set(VARIABLE, "1");
    return undefined;
  }
  const bytes = new TextEncoder().encode(Deno.args.join(" ")).length;
  if (bytes <= MAX_BYTES) return undefined;
  return `arguments: ${bytes} bytes where at most ${MAX_BYTES} are expected, without --allow-env=${VARIABLE}: ` +
    "the runtime's telemetry reads them, and overflows the stack";
}
