/**
 * `deno task install:cuda`: adds the CUDA provider to the runtime, which omits it for its size.
 *
 * The provider for CUDA 13 is taken from a package of npm's registry, by Deno's own client, which checks its hash. That for CUDA 12
 * is taken by the runtime package's own script, from NuGet. Both are of the version that the runtime is pinned to.
 */
import { join, resolve } from "node:path";
import { ArgumentError, described } from "../lib/errors.ts";
import { isProviderInstalled, PROVIDER_FILES, providerFolder } from "./cuda/provider.ts";
import { runTask } from "./errors.ts";
import { createCommand, oneOf } from "./options.ts";

/** The package with the provider of onnxruntime 1.29 for CUDA 13, and its path there. */
const PACKAGE = {
  name: "com.github.asus4.onnxruntime.linux-x64-gpu",
  version: "0.4.9",
  at: "Plugins/Linux/x64",
};

type CudaVersion = "12" | "13";

interface InstallFlags {
  readonly cuda: CudaVersion;
  readonly force?: true;
}

/** Runs Deno, which prints its own progress. */
async function deno(args: readonly string[], cwd?: string): Promise<boolean> {
  const { success } = await new Deno.Command("deno", {
    args: [...args],
    cwd,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  return success;
}

/** Has Deno install the package into a folder of its own, and copies the libraries to where the runtime looks. */
async function fromNpm(folder: string): Promise<void> {
  const workplace = await Deno.makeTempDir({ prefix: "denoise-cuda-" });
  try {
    const imports = { [PACKAGE.name]: `npm:${PACKAGE.name}@${PACKAGE.version}` };
    const config = { nodeModulesDir: "auto", lock: false, imports };
    await Deno.writeTextFile(join(workplace, "deno.json"), JSON.stringify(config));
    if (!await deno(["install", "--quiet"], workplace)) {
      throw new Error(`${PACKAGE.name}: could not be installed from npm; see the error above`);
    }
    for (const name of PROVIDER_FILES) {
      const part = join(folder, `${name}.part`);
      await Deno.copyFile(join(workplace, "node_modules", PACKAGE.name, PACKAGE.at, name), part);
      await Deno.rename(part, join(folder, name));
    }
  } finally {
    await Deno.remove(workplace, { recursive: true });
  }
}

/** Runs the runtime package's own script. */
async function fromNuGet(folder: string): Promise<void> {
  const script = resolve(folder, "../../../../script/install.js");
  const permissions = [
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-sys",
    "--allow-net=*.nuget.org",
  ];
  if (!await deno(["run", ...permissions, script, "--onnxruntime-node-install=cuda12"])) {
    throw new Error(
      "onnxruntime-node: its script could not get the provider from NuGet; see the error above",
    );
  }
}

async function install({ cuda, force }: InstallFlags): Promise<void> {
  const folder = providerFolder();
  if (!folder) {
    throw new ArgumentError(
      "machine",
      described(`${Deno.build.os} on ${Deno.build.arch}`),
      "linux on x86_64",
      { note: "for the CUDA provider" },
    );
  }
  if (await isProviderInstalled(folder) && !force) {
    console.log(`the CUDA provider is already installed in ${folder}; --force reinstalls it`);
  } else {
    await (cuda === "13" ? fromNpm : fromNuGet)(folder);
    console.log(`installed the provider for CUDA ${cuda} in ${folder}`);
  }
  console.log("deno task models doctor checks whether it works, and what is missing");
}

const program = createCommand("install:cuda", "Adds the CUDA provider to ONNX Runtime (a 230 MB download).")
  .option(
    "--cuda <version>",
    "CUDA version of this machine: 13 or 12",
    oneOf("cuda", ["13", "12"]),
    "13",
  )
  .option("--force", "replace an installed provider")
  .action(install);
await runTask(async () => {
  await program.parseAsync(Deno.args, { from: "user" });
});
