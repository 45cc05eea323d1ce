/** Programs of the tests: galleries and workers as processes of their own, which can be killed. */
import { fileURLToPath } from "node:url";

/** A program that runs. */
export interface TestProgram extends AsyncDisposable {
  /** The number of its process. */
  readonly pid: number;
  /** The first line that it has printed, when it was ready. */
  readonly said: string;
  /** Ends it as a machine does that loses its power. */
  kill(): Promise<void>;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
}

/**
 * Starts a program of this folder, and waits until it says that it is ready.
 *
 * @param name Its file.
 * @param args Its arguments.
 * @param env What is added to its environment.
 */
export async function startProgram(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<TestProgram> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "--no-prompt"],
      ...["--allow-read", "--allow-write", "--allow-env", "--allow-net=127.0.0.1", "--allow-run"],
      fileURLToPath(new URL(name, import.meta.url)),
      ...args,
    ],
    env,
    stdin: "piped",
    stdout: "piped",
    // PROGRAM_LOG=1 shows what they say of what went wrong.
    stderr: Deno.env.get("PROGRAM_LOG") ? "inherit" : "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const { done, value } = await reader.read();
  if (done) throw new Error(`${name} did not start`);
  reader.releaseLock();
  const end = async (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch {
      // It has ended already.
    }
    await child.status;
  };
  return {
    pid: child.pid,
    said: new TextDecoder().decode(value).trim(),
    kill: () => end("SIGKILL"),
    async stop() {
      await child.stdin.close();
      await child.status;
    },
    async [Symbol.asyncDispose]() {
      await end("SIGKILL");
      await child.stdin.abort().catch(() => {});
      await child.stdout.cancel();
    },
  };
}
