/** What `deno task models doctor` finds out about CUDA, and `deno task install:cuda` refuses. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "node:path";
import { neededLibraries } from "../../cli/cuda/needed_libraries.ts";
import { isProviderInstalled, providerFolder } from "../../cli/cuda/provider.ts";
import { temporaryFolder } from "../models/checkpoints.ts";
import { refuse } from "./task.ts";

const folder = providerFolder();
const linux = folder !== undefined;

Deno.test({
  name: "the libraries that a library needs are those of its dynamic section",
  ignore: !linux,
  async fn() {
    const needed = await neededLibraries(join(folder!, "onnxruntime_binding.node"));
    assert(needed.includes("libonnxruntime.so.1"), `${needed}`);
    assert(needed.includes("libc.so.6"), `${needed}`);
    assertEquals(new Set(needed).size, needed.length);
  },
});

Deno.test("what is no library is told so", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "library.so");
  await Deno.writeTextFile(path, "no library, but long enough to be taken for the header of one: 64 bytes");
  await assertRejects(() => neededLibraries(path), Error, `${path}: not a 64-bit library`);
  await Deno.writeTextFile(path, "short");
  await assertRejects(() => neededLibraries(path), Error, `${path}: ends where 59 bytes more are expected`);
});

Deno.test("a provider is installed once both of its libraries are there", async () => {
  await using folder = await temporaryFolder();
  assertEquals(await isProviderInstalled(folder.path), false);
  await Deno.writeTextFile(join(folder.path, "libonnxruntime_providers_cuda.so"), "");
  assertEquals(await isProviderInstalled(folder.path), false);
  await Deno.writeTextFile(join(folder.path, "libonnxruntime_providers_shared.so"), "");
  assertEquals(await isProviderInstalled(folder.path), true);
});

Deno.test("install:cuda knows two versions", async () => {
  assertMatch(await refuse("install:cuda", "--cuda", "11"), /^cuda: "11" where one of 13, 12 is expected$/);
});
