import { assert, assertEquals, assertRejects } from "@std/assert";
import { downloadFileToCacheDir, scanCachedRepo } from "@huggingface/hub";
import { join } from "node:path";
import {
  findPulledModel,
  HubError,
  listPulledModels,
  pullModel,
  type PullProgress,
} from "../../lib/checkpoints/hub.ts";
import { files, filesBelow, noise, REPO, scene, UNET, WANTED } from "./repository.ts";
import { blobName } from "./server.ts";

Deno.test("a pull brings the files that are needed, and no others", async () => {
  await using stage = await scene();
  const folder = await pullModel(REPO, stage.options);
  assertEquals(folder, join(stage.models, REPO));
  assertEquals(await filesBelow(folder), [".pulled.json", ...WANTED]);
  for (const path of WANTED) {
    assertEquals(await Deno.readFile(join(folder, path)), new Uint8Array(stage.repo.files[path]), path);
    // The runtime refuses weights that are links out of the model's folder.
    assert((await Deno.lstat(join(folder, path))).isFile, path);
  }
  const downloaded = stage.server.received.filter(({ path }) => !path.startsWith("/api/models/"));
  assert(downloaded.every(({ path }) => WANTED.some((wanted) => path.endsWith(wanted))));
});

Deno.test("the shared cache is laid out as the hub's other tools have it", async () => {
  await using stage = await scene();
  const folder = await pullModel(REPO, stage.options);
  const { commit, files } = stage.repo;
  assertEquals(await Deno.readTextFile(join(stage.cached, "refs", "main")), commit);
  assertEquals(await filesBelow(join(stage.cached, "snapshots")), WANTED.map((path) => `${commit}/${path}`));
  assertEquals(
    await filesBelow(join(stage.cached, "blobs")),
    WANTED.map((path) => blobName(files[path])).sort(),
  );
  for (const path of WANTED) {
    const blob = join(stage.cached, "blobs", blobName(files[path]));
    const pointer = join(stage.cached, "snapshots", commit, path);
    const up = "../".repeat(path.split("/").length + 1);
    assertEquals(await Deno.readLink(pointer), `${up}blobs/${blobName(files[path])}`);
    assertEquals(await Deno.readFile(pointer), await Deno.readFile(join(folder, path)));
    assertEquals((await Deno.stat(blob)).ino, (await Deno.stat(join(folder, path))).ino, "a hard link");
  }
});

Deno.test("the hub's own client finds what was pulled", async () => {
  await using stage = await scene();
  await pullModel(REPO, stage.options);
  const { commit } = stage.repo;
  const { id, revisions } = await scanCachedRepo(stage.cached);
  assertEquals(id, { name: REPO, type: "model" });
  assertEquals(revisions.map(({ commitOid, refs }) => [commitOid, refs]), [[commit, ["main"]]]);
  stage.server.received.length = 0;
  const hubUrl = stage.server.endpoint;
  const path = await downloadFileToCacheDir({
    repo: REPO,
    path: UNET,
    revision: commit,
    cacheDir: stage.cache,
    hubUrl,
  });
  assertEquals(path, join(stage.cached, "snapshots", commit, UNET));
  assertEquals(stage.server.received, []);
});

Deno.test("a second pull downloads nothing", async () => {
  await using stage = await scene();
  await pullModel(REPO, stage.options);
  const before = await Deno.stat(join(stage.models, REPO));
  stage.server.received.length = 0;
  const seen: PullProgress[] = [];
  await pullModel(REPO, { ...stage.options, onProgress: (progress) => seen.push(progress) });
  assert(stage.server.received.every(({ path }) => path.startsWith("/api/models/")));
  assert(seen.every(({ done, total }) => done === total));
  assertEquals((await Deno.stat(join(stage.models, REPO))).ino, before.ino, "the folder is left as it was");
});

Deno.test("what other tools have in the shared cache is not downloaded again", async () => {
  await using stage = await scene();
  const bytes = stage.repo.files[UNET];
  await Deno.mkdir(join(stage.cached, "blobs"), { recursive: true });
  await Deno.writeFile(join(stage.cached, "blobs", blobName(bytes)), bytes);
  const folder = await pullModel(REPO, stage.options);
  assertEquals(stage.server.asked(UNET), []);
  assertEquals(await Deno.readFile(join(folder, UNET)), new Uint8Array(bytes));
});

Deno.test("progress counts the bytes of all files, up to their sum", async () => {
  await using stage = await scene();
  const seen: PullProgress[] = [];
  await pullModel(REPO, { ...stage.options, onProgress: (progress) => seen.push(progress) });
  const total = WANTED.reduce((sum, path) => sum + stage.repo.files[path].length, 0);
  assert(seen.every((progress) => progress.total === total));
  assert(seen.every(({ done }, i) => i === 0 || done >= seen[i - 1].done));
  assertEquals(seen.at(-1)!.done, total);
  assertEquals([...new Set(seen.map(({ path }) => path))].sort(), WANTED);
});

Deno.test("a variant takes the place of the weights, with its own index", async () => {
  await using stage = await scene();
  delete stage.repo.files["unet/diffusion_pytorch_model.fp16.safetensors"];
  const folder = await pullModel(REPO, { ...stage.options, variant: "fp16" });
  assertEquals((await filesBelow(folder)).filter((path) => /safetensors/.test(path)), [
    "text_encoder/model.fp16-00001-of-00002.safetensors",
    "text_encoder/model.fp16-00002-of-00002.safetensors",
    "text_encoder/model.safetensors.index.fp16.json",
    UNET, // there is none of the variant
  ]);
});

Deno.test("components come one after another, into one folder, as long as the commit is the same", async () => {
  await using stage = await scene();
  await pullModel(REPO, { ...stage.options, components: ["unet"] });
  const folder = await pullModel(REPO, { ...stage.options, components: ["scheduler"] });
  const both = [".pulled.json", "README.md", "model_index.json", "scheduler/scheduler_config.json"];
  assertEquals(await filesBelow(folder), [...both, "unet/config.json", UNET]);
  stage.repo.commit = "b".repeat(40);
  stage.repo.files[UNET] = noise(100_000, 99);
  await pullModel(REPO, { ...stage.options, components: ["scheduler"] });
  assertEquals(await filesBelow(folder), both);
});

Deno.test("another commit of a branch brings what has changed", async () => {
  await using stage = await scene();
  await pullModel(REPO, stage.options);
  stage.repo.commit = "b".repeat(40);
  stage.repo.files[UNET] = noise(100_000, 99);
  stage.server.received.length = 0;
  const folder = await pullModel(REPO, stage.options);
  assertEquals(await Deno.readFile(join(folder, UNET)), noise(100_000, 99));
  const downloaded = stage.server.received.filter(({ path }) => !path.startsWith("/api/models/"));
  assertEquals(downloaded.map(({ server }) => server), ["hub", "cdn"]);
  assertEquals(await Deno.readTextFile(join(stage.cached, "refs", "main")), stage.repo.commit);
  assertEquals((await findPulledModel(REPO, stage.models))?.commit, stage.repo.commit);
});

Deno.test("a bare model is pulled without an index", async () => {
  await using stage = await scene();
  stage.server.repos.set("some/unet", {
    commit: "c".repeat(40),
    files: {
      "LICENSE.txt": noise(10, 1),
      "config.json": files()["unet/config.json"],
      "diffusion_pytorch_model.safetensors": noise(2000, 1),
      "diffusion_pytorch_model.bin": noise(2000, 1),
    },
  });
  const folder = await pullModel("some/unet", stage.options);
  assertEquals(await filesBelow(folder), [
    ".pulled.json",
    "LICENSE.txt",
    "config.json",
    "diffusion_pytorch_model.safetensors",
  ]);
  await assertRejects(
    () => pullModel("some/unet", { ...stage.options, components: ["unet"] }),
    RangeError,
    "where none is expected (since the repository is a single model",
  );
});

Deno.test("pulled models are found by name, and listed", async () => {
  await using stage = await scene();
  assertEquals(await listPulledModels(stage.models), []);
  assertEquals(await findPulledModel(REPO, stage.models), undefined);
  const folder = await pullModel(REPO, { ...stage.options, components: ["scheduler"] });
  const found = await findPulledModel(REPO, stage.models);
  assertEquals({ ...found, files: [] }, {
    repo: REPO,
    revision: "main",
    commit: stage.repo.commit,
    storage: "links",
    folder,
    files: [],
  });
  assertEquals(found?.files.map(({ path }) => path).sort(), [
    "README.md",
    "model_index.json",
    "scheduler/scheduler_config.json",
  ]);
  assertEquals(await listPulledModels(stage.models), [found!]);
  for (const name of ["..", "../models", "a/b/c", "mnist-class", "", "DeepFloyd/none"]) {
    assertEquals(await findPulledModel(name, stage.models), undefined, name);
  }
  await Deno.remove(join(folder, ".pulled.json"));
  assertEquals(await listPulledModels(stage.models), []);
});

Deno.test("a listing in pages is read to its end", async () => {
  await using stage = await scene();
  stage.server.pageSize = 5;
  const folder = await pullModel(REPO, stage.options);
  assertEquals(await filesBelow(folder), [".pulled.json", ...WANTED]);
});

Deno.test("arguments that cannot be are refused before anything is asked", async () => {
  await using stage = await scene();
  const refused: [string, object, string][] = [
    ["gpt2", {}, 'repo: "gpt2" where ORG/NAME is expected'],
    ["../x", {}, "where ORG/NAME is expected"],
    ["a/b/c", {}, "where ORG/NAME is expected"],
    ["a/b--c", {}, "where ORG/NAME is expected"],
    [REPO, { revision: "../../x" }, 'revision: "../../x" where a branch'],
    [REPO, { revision: "" }, "where a branch, a tag or a commit is expected"],
    [REPO, { endpoint: "file:///etc" }, 'endpoint: "file:///etc" where an address'],
    [REPO, { token: "hf_a\nb" }, "token: one with spaces or line breaks where an access token without"],
    [REPO, { retries: -1 }, "retries: -1 where a whole number from 0"],
    [REPO, { timeout: 0 }, "timeout: 0 where a whole number from 1"],
  ];
  for (const [repo, options, message] of refused) {
    await assertRejects(() => pullModel(repo, { ...stage.options, ...options }), RangeError, message);
  }
  assertEquals(stage.server.received, []);
  const unknown: [object, string][] = [
    [
      { components: ["unet", "vae"] },
      'components: "vae" where some of feature_extractor, safety_checker, scheduler',
    ],
    [{ variant: "fp8" }, 'variant: "fp8" where one of fp16 is expected'],
  ];
  for (const [options, message] of unknown) {
    await assertRejects(() => pullModel(REPO, { ...stage.options, ...options }), RangeError, message);
  }
  assertEquals(await filesBelow(stage.models), []);
});

Deno.test("a repository without weights that can be used is refused by the name of what it has", async () => {
  await using stage = await scene();
  delete stage.repo.files["unet/diffusion_pytorch_model.fp16.safetensors"];
  delete stage.repo.files[UNET];
  const refusals = [
    ["unet: diffusion_pytorch_model.bin where weights in a .safetensors file are expected", REPO],
    ["some/data: no model_index.json and no config.json where a model in the layout", "some/data"],
  ];
  stage.server.repos.set("some/data", { commit: "d".repeat(40), files: { "a.csv": noise(10, 1) } });
  for (const [message, repo] of refusals) {
    const error = await assertRejects(() => pullModel(repo, stage.options), HubError, message);
    assertEquals(error.reason, "unsuitable");
  }
});
