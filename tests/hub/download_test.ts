import {
  assert,
  assertEquals,
  assertGreater,
  assertIsError,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { join } from "node:path";
import { HubError, pullModel, type PullOptions } from "../../lib/checkpoints/hub.ts";
import { filesBelow, noise, REPO, type Scene, scene, UNET, WANTED } from "./repository.ts";
import { blobName, type Fault } from "./server.ts";

/** The UNet alone: one large file. */
const components = ["unet"];

/** The file's place while it is on its way. */
function incomplete(stage: Scene): string {
  return join(stage.cached, "blobs", `${blobName(stage.repo.files[UNET])}.incomplete`);
}

/** Pulls while the UNet's download has these faults, and gives the offsets that the CDN was asked for. */
async function pullWith(
  stage: Scene,
  faults: Fault[],
  options: PullOptions = {},
): Promise<(string | undefined)[]> {
  stage.server.faults.set(UNET, faults);
  const folder = await pullModel(REPO, { ...stage.options, components, ...options });
  assertEquals(await Deno.readFile(join(folder, UNET)), new Uint8Array(stage.repo.files[UNET]));
  assertEquals((await filesBelow(stage.cached)).filter((path) => path.endsWith(".incomplete")), []);
  return stage.server.asked(UNET).filter(({ server }) => server === "cdn").map(({ range }) => range);
}

/** A pull that must fail: nothing that looks whole is left behind. */
async function fail(stage: Scene, options: PullOptions = {}): Promise<HubError> {
  const error = await assertRejects(
    () => pullModel(REPO, { ...stage.options, components, ...options }),
    HubError,
  );
  assertEquals(await filesBelow(stage.models), []);
  assert(!(await filesBelow(stage.cached)).includes(`blobs/${blobName(stage.repo.files[UNET])}`));
  assert(!(await filesBelow(stage.cached)).includes(`snapshots/${stage.repo.commit}/${UNET}`));
  assert(!/\n/.test(error.message), error.message);
  return error;
}

Deno.test("a connection that breaks half way is taken up where it broke", async () => {
  await using stage = await scene();
  const ranges = await pullWith(stage, [{ kind: "cut", after: 50_000 }, { kind: "cut", after: 20_000 }]);
  assertEquals(ranges, [undefined, "bytes=50000-", "bytes=70000-"]);
  // The rest must be of the content that the beginning was of.
  const [, second] = stage.server.asked(UNET).filter(({ server }) => server === "cdn");
  assert(second.ifRange?.startsWith('"1-'), second.ifRange);
});

Deno.test("an interrupted pull is taken up by the next one", async () => {
  await using stage = await scene();
  stage.server.faults.set(UNET, [{ kind: "stall", after: 60_000 }]);
  const controller = new AbortController();
  const reason = new Error("enough");
  const onProgress = ({ path, done }: { path: string; done: number }) => {
    if (path === UNET && done >= 60_000) controller.abort(reason);
  };
  const interrupted = pullModel(REPO, {
    ...stage.options,
    components,
    onProgress,
    signal: controller.signal,
  });
  assertStrictEquals(await interrupted.catch((error) => error), reason);
  assertEquals(await filesBelow(stage.models), []);
  assertEquals((await Deno.stat(incomplete(stage))).size, 60_000);
  stage.server.received.length = 0;
  assertEquals(await pullWith(stage, []), ["bytes=60000-"]);
});

Deno.test("an aborted signal ends a pull before it begins", async () => {
  await using stage = await scene();
  const reason = new Error("no");
  const aborted = pullModel(REPO, { ...stage.options, signal: AbortSignal.abort(reason) });
  assertStrictEquals(await aborted.catch((error) => error), reason);
  assertEquals(stage.server.received, []);
});

Deno.test("a connection that falls silent counts as broken", async () => {
  await using stage = await scene();
  const ranges = await pullWith(stage, [{ kind: "stall", after: 30_000 }], { timeout: 1000 });
  assertEquals(ranges, [undefined, "bytes=30000-"]);
});

Deno.test("a content that has changed between two parts is taken whole", async () => {
  await using stage = await scene();
  stage.server.faults.set(UNET, [{ kind: "cut", after: 50_000 }]);
  const seen: number[] = [];
  const onProgress = ({ path, done }: { path: string; done: number }) => {
    if (path !== UNET) return;
    seen.push(done);
    if (stage.server.asked(UNET).length > 0) stage.server.edition = "2";
  };
  const folder = await pullModel(REPO, { ...stage.options, components, onProgress });
  assert(seen.some((done, i) => i > 0 && done < seen[i - 1]), "it has begun anew");
  assertEquals(await Deno.readFile(join(folder, UNET)), new Uint8Array(stage.repo.files[UNET]));
});

Deno.test("servers that know no parts, or send others, make a download start anew", async () => {
  await using stage = await scene();
  const cut: Fault = { kind: "cut", after: 50_000 };
  assertEquals(await pullWith(stage, [cut, { kind: "whole" }]), [undefined, "bytes=50000-"]);
  await using other = await scene();
  assertEquals(await pullWith(other, [cut, { kind: "shifted" }]), [undefined, "bytes=50000-", undefined]);
});

Deno.test("a beginning that is longer than the file is thrown away", async () => {
  await using stage = await scene();
  await Deno.mkdir(join(stage.cached, "blobs"), { recursive: true });
  await Deno.writeFile(incomplete(stage), noise(200_000, 1));
  assertEquals(await pullWith(stage, []), [undefined]);
});

Deno.test("a beginning that is the whole file needs no request", async () => {
  await using stage = await scene();
  await Deno.mkdir(join(stage.cached, "blobs"), { recursive: true });
  await Deno.writeFile(incomplete(stage), stage.repo.files[UNET]);
  assertEquals(await pullWith(stage, []), []);
});

Deno.test("a wrong hash removes the file, and says so", async () => {
  await using stage = await scene();
  stage.server.faults.set(UNET, [{ kind: "flip" }]);
  const error = await fail(stage);
  assertEquals(error.reason, "corrupt");
  assertIsError(
    error,
    HubError,
    /^unet\/\S+: sha256 [0-9a-f]{64} where [0-9a-f]{64} is expected; what has arrived/,
  );
  assertEquals((await filesBelow(stage.cached)).filter((path) => path.endsWith(".incomplete")), []);
  assertEquals(await pullWith(stage, []), [undefined, undefined]);
});

Deno.test("small files are checked too, by git's hash", async () => {
  await using stage = await scene();
  stage.server.faults.set("unet/config.json", [{ kind: "flip" }]);
  assertIsError(await fail(stage), HubError, /^unet\/config.json: git's hash [0-9a-f]{40} where/);
});

Deno.test("a beginning of another file does not survive the check", async () => {
  await using stage = await scene();
  await Deno.mkdir(join(stage.cached, "blobs"), { recursive: true });
  await Deno.writeFile(incomplete(stage), noise(50_000, 1));
  assertEquals((await fail(stage)).reason, "corrupt");
  stage.server.received.length = 0;
  assertEquals(await pullWith(stage, []), [undefined]);
});

Deno.test("another size than in the listing is refused", async () => {
  await using stage = await scene();
  stage.server.faults.set(UNET, [{ kind: "longer" }]);
  assertIsError(await fail(stage), HubError, `${UNET}: more than the 100000 bytes that are expected`);
  stage.server.entries = [{
    type: "file",
    path: UNET,
    size: 90_000,
    oid: "f".repeat(40),
    lfs: { oid: blobName(stage.repo.files[UNET]), size: 90_000, pointerSize: 130 },
  }];
  assertIsError(await fail(stage), HubError, `${UNET}: 100000 bytes where 90000 are expected`);
});

Deno.test("a hub that has another content now than in its listing is refused", async () => {
  await using stage = await scene();
  stage.server.linkedEtags.set(UNET, "0".repeat(64));
  const error = await fail(stage);
  assertEquals(error.reason, "corrupt");
  assertIsError(error, HubError, "the hub has another content for it now");
});

Deno.test("errors of the server are waited out, as long as it asks", async () => {
  await using stage = await scene();
  const began = performance.now();
  await pullWith(stage, [
    { kind: "status", status: 503 },
    { kind: "status", status: 429, headers: { "retry-after": "1" } },
  ]);
  assertGreater(performance.now() - began, 990);
});

Deno.test("a connection that breaks again and again is given up, and what has arrived stays", async () => {
  await using stage = await scene();
  stage.server.faults.set(UNET, Array.from({ length: 9 }, (): Fault => ({ kind: "cut", after: 1000 })));
  const error = await fail(stage, { retries: 2 });
  assertEquals(error.reason, "connection");
  assertIsError(error, HubError, /^the connection to 127.0.0.1:\d+ broke; given up after 3 attempts/);
  assertEquals((await Deno.stat(incomplete(stage))).size, 3000);
  stage.server.faults.clear();
  stage.server.received.length = 0;
  assertEquals(await pullWith(stage, []), ["bytes=3000-"]);
});

Deno.test("a large file may break more often, if it gets on in between", async () => {
  await using stage = await scene();
  const large = "unet/diffusion_pytorch_model.safetensors";
  stage.repo.files[large] = noise(5 << 20, 1);
  const faults = Array.from({ length: 4 }, (): Fault => ({ kind: "cut", after: 1 << 20 }));
  const ranges = await pullWith(stage, faults, { retries: 1 });
  assertEquals(ranges.at(-1), `bytes=${4 << 20}-`);
});

Deno.test("two pulls at once bring one model, downloaded once", async () => {
  await using stage = await scene();
  stage.server.faults.set(UNET, [{ kind: "cut", after: 50_000 }]);
  const folders = await Promise.all([
    pullModel(REPO, { ...stage.options, retryDelay: 100 }),
    pullModel(REPO, { ...stage.options, retryDelay: 100 }),
    pullModel(REPO, { ...stage.options, components: ["scheduler"] }),
  ]);
  assertEquals(folders, Array(3).fill(join(stage.models, REPO)));
  assertEquals(await filesBelow(folders[0]), [".pulled.json", ...WANTED]);
  for (const path of WANTED) {
    assertEquals(await Deno.readFile(join(folders[0], path)), new Uint8Array(stage.repo.files[path]), path);
  }
  const ranges = stage.server.asked(UNET).filter(({ server }) => server === "cdn").map(({ range }) => range);
  assertEquals(ranges, [undefined, "bytes=50000-"]);
  const staged = (await filesBelow(stage.models)).filter((path) => /\.(new|old)\//.test(path));
  assertEquals(staged, []);
});
