/** Workers as a user starts them, and what command lines write that ask them. */
import { assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { namesIn } from "../cli/task.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A folder that is removed. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "sample-fleet-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** `deno task worker` as a user starts it; it has joined when this is done. */
export async function startWorkerTask(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<AsyncDisposable> {
  const child = new Deno.Command("deno", {
    args: ["task", "--quiet", "--cwd", root, "worker", ...args],
    env,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  assertStringIncludes(new TextDecoder().decode(value), "The worker: ");
  reader.releaseLock();
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await child.stdout.cancel();
    },
  };
}

/** The files of a folder with their bytes. */
export async function filesIn(folder: string): Promise<Map<string, Uint8Array>> {
  const names = await namesIn(folder);
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await Deno.readFile(join(folder, name))] as const),
    ),
  );
}
