/** Runs the project's tasks as a user does: in a process of their own, with the task's permissions. */
import { assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What a task has printed, and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What Deno says of packages that it fetches or sets up, on a machine where a task is the first to need them: not the task's own. */
const ofDeno = /^(Download|Initialize|Check) .*\n/gm;

/** Runs `deno task NAME ARGS...`. */
export async function runTask(name: string, ...args: string[]): Promise<Outcome> {
  const command = new Deno.Command("deno", {
    args: ["task", "--quiet", "--cwd", root, name, ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr).replace(ofDeno, "") };
}

/** Runs a task that must succeed, and gives what it printed. */
export async function succeed(name: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runTask(name, ...args);
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}

/** Runs a task that must fail with one line, and gives the line without `error: `. */
export async function refuse(name: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runTask(name, ...args);
  assertMatch(stderr, /^error: [^\n]+\n$/);
  assertEquals([code, stdout], [1, ""], stderr);
  return stderr.slice("error: ".length, -1);
}

/** The names in a folder, sorted; none where there is no folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
