/** `deno task models pull`, in a process of its own with the task's permissions, but for the host, which is the test's own. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Outcome } from "../cli/task.ts";
import { filesBelow, REPO, type Scene, scene, TOKEN, UNET, WANTED } from "./repository.ts";
import { blobName } from "./server.ts";

const root = new URL("../../", import.meta.url);

/** The arguments of `deno` in the task, with permission to reach the loopback address instead of the public hub. */
async function taskArguments(): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const [deno, ...args] = (tasks.models as string).split(" ");
  assertEquals(deno, "deno");
  return args.map((arg) => arg.startsWith("--allow-net=") ? "--allow-net=127.0.0.1" : arg);
}

function start(stage: Scene, args: string[], token = ""): Deno.ChildProcess {
  return new Deno.Command("deno", {
    args,
    cwd: fileURLToPath(root),
    env: {
      HF_ENDPOINT: stage.server.endpoint,
      HF_HOME: join(stage.folder, "hf"),
      HF_HUB_CACHE: "",
      HF_TOKEN_PATH: "",
      HF_TOKEN: token,
      DENOISE_CACHE: join(stage.folder, "denoise"),
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function outcome(process: Deno.ChildProcess): Promise<Outcome> {
  const { code, stdout, stderr } = await process.output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** Runs `models ARGS...`. */
async function models(stage: Scene, args: string[], token?: string): Promise<Outcome> {
  return await outcome(start(stage, [...await taskArguments(), ...args], token));
}

/** Runs what must fail with one line, and gives the line. */
async function refuse(stage: Scene, args: string[], token?: string): Promise<string> {
  const { code, stdout, stderr } = await models(stage, args, token);
  assertMatch(stderr, /^error: [^\n]+\n$/);
  assertEquals([code, stdout], [1, ""], stderr);
  return stderr;
}

Deno.test("models pull tells where the model is, and how it is stored", async () => {
  await using stage = await scene();
  const { code, stdout, stderr } = await models(stage, ["pull", REPO, "--variant", "fp16"]);
  assertEquals([code, stderr], [0, ""]);
  const folder = join(stage.folder, "denoise", "models", REPO);
  assertMatch(stdout, /^model +DeepFloyd\/IF-I-M-v1.0$/m);
  assertMatch(stdout, /^size +90\.\d kB in 12 files$/m);
  assertMatch(stdout, /^storage +hard links to the files in the cache shared/m);
  assert(stdout.includes(folder));
  assert((await filesBelow(folder)).includes("unet/diffusion_pytorch_model.fp16.safetensors"));

  const json = await models(stage, ["pull", REPO, "--components", "unet,scheduler", "--json"]);
  const model = JSON.parse(json.stdout);
  assertEquals([model.repo, model.folder, model.commit], [REPO, folder, stage.repo.commit]);
});

Deno.test("models pull takes the token from the environment", async () => {
  await using stage = await scene();
  stage.repo.gatedFor = [TOKEN];
  assertStringIncludes(
    await refuse(stage, ["pull", REPO]),
    "access is gated: accept the licence at http://127",
  );
  assertEquals((await models(stage, ["pull", REPO, "--components", "scheduler"], TOKEN)).code, 0);
});

Deno.test("models pull refuses what cannot be with one line", async () => {
  await using stage = await scene();
  assertMatch(await refuse(stage, ["pull"]), /missing required argument 'repo'/);
  assertMatch(await refuse(stage, ["pull", "gpt2"]), /repo: "gpt2" where ORG\/NAME is expected/);
  assertMatch(await refuse(stage, ["pull", "no/thing"]), /no\/thing: does not exist at 127/);
  assertMatch(await refuse(stage, ["pull", REPO, "--components", "vae"]), /components: "vae" where some of/);
});

Deno.test("the other commands of models ask no hub", async () => {
  await using stage = await scene();
  const { code } = await models(stage, ["list"]);
  assertEquals([code, stage.server.received], [0, []]);
});

Deno.test("models pull that is killed is taken up by the next one", async () => {
  await using stage = await scene();
  stage.server.faults.set(UNET, [{ kind: "stall", after: 60_000 }]);
  const process = start(stage, [...await taskArguments(), "pull", REPO, "--components", "unet"]);
  const blobs = join(stage.folder, "hf", "hub", "models--DeepFloyd--IF-I-M-v1.0", "blobs");
  const partial = join(blobs, `${blobName(stage.repo.files[UNET])}.incomplete`);
  while ((await Deno.stat(partial).catch(() => ({ size: 0 }))).size < 60_000) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  process.kill("SIGKILL");
  await outcome(process);
  assertEquals(await filesBelow(join(stage.folder, "denoise")), []);
  const two = await Promise.all([models(stage, ["pull", REPO]), models(stage, ["pull", REPO])]);
  assertEquals(two.map(({ code, stderr }) => [code, stderr]), [[0, ""], [0, ""]]);
  const folder = join(stage.folder, "denoise", "models", REPO);
  assertEquals(await filesBelow(folder), [".pulled.json", ...WANTED]);
  assertEquals(await Deno.readFile(join(folder, UNET)), new Uint8Array(stage.repo.files[UNET]));
  const ranges = stage.server.asked(UNET).filter(({ server }) => server === "cdn").map(({ range }) => range);
  assertEquals(ranges, [undefined, "bytes=60000-"], "by whichever of the two came first");
});

Deno.test({
  name: "a disk that is full is said to be",
  // The only disk that is full everywhere; Deno lets only those write to it who may do everything.
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using stage = await scene();
    const hub = join(stage.folder, "hf", "hub");
    const blobs = join(hub, "models--DeepFloyd--IF-I-M-v1.0", "blobs");
    await Deno.mkdir(blobs, { recursive: true });
    await Deno.symlink("/dev/full", join(blobs, `${blobName(stage.repo.files[UNET])}.incomplete`));
    const args = ["run", "--allow-all", "tests/hub/pull_program.ts", REPO];
    const { code, stdout, stderr } = await outcome(start(stage, args));
    const line =
      `error: ${hub}: the disk is full; what has arrived stays, and pulling again goes on from there\n`;
    assertEquals([code, stdout, stderr], [1, "", line]);
    assertEquals(await filesBelow(join(stage.folder, "denoise")), []);
  },
});
