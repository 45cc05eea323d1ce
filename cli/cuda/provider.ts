/** The runtime's CUDA provider: where its libraries are, and which of its dependencies are missing. */
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { neededLibraries } from "./needed_libraries.ts";

/** The provider's libraries, in the folder of the runtime's own. */
export const PROVIDER_FILES = ["libonnxruntime_providers_cuda.so", "libonnxruntime_providers_shared.so"];

/** Libraries that it loads at run time. */
const LATER = ["libcudnn.so.9"];

/** The loader's default search path. */
const FOLDERS = [
  "/lib/x86_64-linux-gnu",
  "/usr/lib/x86_64-linux-gnu",
  "/lib64",
  "/usr/lib64",
  "/lib",
  "/usr/lib",
];

/** The loader's cache of the libraries in all configured folders. */
const LOADER_CACHE = "/etc/ld.so.cache";

/** The folder of the runtime's libraries on this machine; undefined on machines for which there is no provider. */
export function providerFolder(): string | undefined {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") return undefined;
  const entry = fileURLToPath(import.meta.resolve("onnxruntime-node"));
  return join(dirname(entry), "..", "bin", "napi-v6", "linux", "x64");
}

/** Whether the provider is installed. */
export async function isProviderInstalled(folder: string): Promise<boolean> {
  const found = await Promise.all(PROVIDER_FILES.map((name) => exists(join(folder, name))));
  return found.every(Boolean);
}

/** The libraries that the provider needs and the loader would not find: CUDA's, cuDNN, and the driver's. */
export async function missingLibraries(folder: string): Promise<string[]> {
  const needed = [...await neededLibraries(join(folder, PROVIDER_FILES[0])), ...LATER];
  const folders = [folder, ...(Deno.env.get("LD_LIBRARY_PATH") ?? "").split(":").filter(Boolean), ...FOLDERS];
  const cached = await loaderCache();
  const missing: string[] = [];
  for (const name of needed) {
    if (cached.has(name)) continue;
    const found = await Promise.all(folders.map((folder) => exists(join(folder, name))));
    if (!found.some(Boolean)) missing.push(name);
  }
  return missing;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** The names in the loader's cache: zero-terminated strings. */
async function loaderCache(): Promise<ReadonlySet<string>> {
  const bytes = await Deno.readFile(LOADER_CACHE).catch(() => new Uint8Array());
  const texts = new TextDecoder("latin1").decode(bytes).split("\0");
  return new Set(texts.filter((text) => text.includes(".so")).map((text) => basename(text)));
}
