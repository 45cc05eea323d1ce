/** The package as its users meet it: imported from JSR, in a project that has nothing else. */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { digestsFile, digestsOfModels } from "../../cli/models/published_digests.ts";
import { encodePng, openMnistModel, openTextToImage, sampleDigits } from "../../lib/mod.ts";
import { sampleToEnd, textToImage } from "../../lib/mod.ts";
import { packagedModels, remoteModels } from "../../lib/models/published.ts";
import { temporaryFolder } from "../models/checkpoints.ts";
import { FileServer, filesOf } from "../platform/file_server.ts";
import { registryFiles } from "./jsr_registry.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A program of a user, who has read the README. */
const drawing = `
import {
  encodePng, openMnistModel, openTextToImage, sampleDigits, sampleToEnd, textToImage,
} from "@denoise/denoise";

await using digits = await openMnistModel("mnist-class");
const seven = await sampleToEnd(sampleDigits(digits, [7], { seed: 7, numInferenceSteps: 4 }));
await Deno.writeFile("digit.png", encodePng(seven, { range: digits.spec.range }));

await using pipeline = await openTextToImage("emoji-I");
const [text, negative] = [await pipeline.encode(["a skull"]), await pipeline.encode([""])];
const model = await pipeline.network();
const skull = await sampleToEnd(textToImage(model, text, { negative, seed: 0, numInferenceSteps: 4 }));
await Deno.writeFile("emoji.png", encodePng(skull));
`;

/** The same, by the library in this clone. */
async function drawn(): Promise<Record<string, Uint8Array>> {
  await using digits = await openMnistModel("mnist-class");
  const seven = await sampleToEnd(sampleDigits(digits, [7], { seed: 7, numInferenceSteps: 4 }));
  await using pipeline = await openTextToImage("emoji-I");
  const [text, negative] = [await pipeline.encode(["a skull"]), await pipeline.encode([""])];
  const model = await pipeline.network();
  const skull = await sampleToEnd(textToImage(model, text, { negative, seed: 0, numInferenceSteps: 4 }));
  return { "digit.png": encodePng(seven, { range: digits.spec.range }), "emoji.png": encodePng(skull) };
}

/** Where Deno keeps what it has of npm. */
async function npmCache(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).npmCache;
}

Deno.test("every model that ships is in the package or at the address of the others", async () => {
  const names = await Array.fromAsync(Deno.readDir(join(root, "models")), ({ name }) => name);
  assertEquals([...packagedModels, ...remoteModels].sort(), names.sort());
});

Deno.test("the digests of the models that ship are those of their files", async () => {
  const table = await Deno.readTextFile(digestsFile);
  assert(table === await digestsOfModels(), "models/ has other files: run deno task models:digests");
});

Deno.test("the package is one that JSR takes, with the weights that it names", async () => {
  const files = await registryFiles();
  const sizes = [...files.values()].map(({ length }) => length);
  assertLess(sizes.reduce((sum, size) => sum + size, 0), 20e6);
  for (const model of packagedModels) {
    const weights = [...files.keys()].filter((path) => path.includes(`/models/${model}/`));
    assert(weights.some((path) => path.endsWith(".safetensors")), model);
  }
});

Deno.test("a program that imports the package from JSR draws a digit and an emoji, and trains", async () => {
  await using folder = await temporaryFolder();
  const [project, cache, denoDir] = ["project", "cache", "deno"].map((name) => join(folder.path, name));
  for (const path of [project, denoDir]) await Deno.mkdir(path);
  await Deno.symlink(await npmCache(), join(denoDir, "npm"));
  const files = await registryFiles();
  for await (const [path, bytes] of filesOf(join(root, "models/emoji-I"))) {
    files.set(`models/emoji-I/${path}`, bytes);
  }
  await using server = new FileServer(files);

  const run = async (code: string) => {
    const path = join(project, "main.ts");
    await Deno.writeTextFile(path, code.replace(/"@denoise\//g, '"jsr:@denoise/'));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...[
          "run",
          "--quiet",
          "--no-prompt",
          "--node-modules-dir=none",
          "--no-lock",
          "--minimum-dependency-age=0",
        ],
        ...[
          `--allow-net=${new URL(server.address).host}`,
          "--allow-read",
          `--allow-write=${project},${cache}`,
        ],
        ...["--allow-ffi", "--allow-env=DENOISE_CACHE,DENOISE_MODELS_URL,ORT_DISABLE_TELEMETRY", path],
      ],
      cwd: project,
      env: {
        DENO_DIR: denoDir,
        DENOISE_CACHE: cache,
        DENOISE_MODELS_URL: `${server.address}models`,
        JSR_URL: server.address,
        NO_COLOR: "1",
      },
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  };

  await run(drawing);
  for (const [name, bytes] of Object.entries(await drawn())) {
    assertEquals(await Deno.readFile(join(project, name)), bytes, name);
  }
  const weights = () => {
    return server.requests.filter((line) => /^GET .*\.safetensors 200$/.test(line));
  };
  assertEquals(weights().length, 3, "the digits' network, the emoji's and its text encoder");
  await run(drawing);
  assertEquals(weights().length, 3, "what was fetched is taken from the cache");

  const spirals = await Deno.readTextFile(join(root, "examples/train_spirals.ts"));
  assertMatch(await run(spirals), /step 300: loss 0\.00/);
});
