/** How the gallery's own worker is started: a Deno process that may read this project and the models, and nothing else. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { findModel, listModels } from "../../lib/models/mod.ts";
import { removeIfThere } from "../store/atomic.ts";
import { uploadPixels } from "../store/upload_pixels.ts";
import { secondStageOf } from "../../report/second_stage.ts";
import { modelKindOf } from "../../report/model_kind.ts";
import type { Settings } from "../settings.ts";
import { tracingVariables } from "../tracing.ts";
import type { WorkerCommand } from "./worker_process.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The command for a gallery with these settings. */
export async function workerCommand(
  { data, device, models, workerMegabytes }: Settings,
): Promise<WorkerCommand> {
  // Networks that are trained live are written down to be opened; nothing else is written.
  const scratch = resolve(data, "scratch");
  await removeIfThere(scratch);
  await Deno.mkdir(scratch, { recursive: true });
  const readable = [root, scratch, resolve(data, "uploads")];
  for (const folder of models) readable.push(resolve(folder), ...await secondStageIn(folder));
  return {
    program: Deno.execPath(),
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--cached-only",
      `--v8-flags=--max-old-space-size=${Math.floor(workerMegabytes)}`,
      `--allow-read=${readable.join()}`,
      `--allow-write=${scratch}`,
      `--allow-ffi=${resolve(root, "node_modules")}`,
      "--allow-env=ORT_DISABLE_TELEMETRY,IMAGESCRIPT_WASM_SIMD,DENOISE_CACHE,XDG_CACHE_HOME,HOME,USERPROFILE",
      fileURLToPath(new URL("./main.ts", import.meta.url)),
      resolve(data, "uploads"),
      device,
      await firstModel([...await listModels(), ...models]),
      String(uploadPixels(workerMegabytes)),
    ],
    // Where Deno finds what it has downloaded, and what libraries are linked with; nothing else of the server's.
    env: Object.fromEntries([
      ...["TMPDIR", "TMP", "TEMP"].map((name) => [name, scratch]),
      ...["HOME", "USERPROFILE", "DENO_DIR", "XDG_CACHE_HOME", "LD_LIBRARY_PATH", "PATH"].flatMap((name) => {
        const value = variable(name);
        return value === undefined ? [] : [[name, value]];
      }),
      ...Object.entries(tracingVariables()),
    ]),
    cwd: root,
  };
}

/** The folder of the second stage that `auto` means with a first one; nothing where there is none, or one that ships. */
async function secondStageIn(first: string): Promise<string[]> {
  const second = await secondStageOf(first).catch(() => undefined);
  return second === undefined ? [] : [resolve(await findModel(second))];
}

/** The first model that draws texts; empty where there is none. */
async function firstModel(names: readonly string[]): Promise<string> {
  for (const name of names) {
    if (await findModel(name).then(modelKindOf).catch(() => undefined) === "text-to-image") return name;
  }
  return "";
}

function variable(name: string): string | undefined {
  return Deno.permissions.querySync({ name: "env", variable: name }).state === "granted"
    ? Deno.env.get(name)
    : undefined;
}
