/** `deno task sample --queue`: the command line asks a fleet, and writes what it would have drawn itself. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { namesIn, refuse, succeed } from "../cli/task.ts";
import { readLora } from "../../lib/checkpoints/lora.ts";
import { writeSafetensors } from "../../lib/checkpoints/safetensors.ts";
import { Generator } from "../../lib/random.ts";
import { full } from "../../lib/tensor.ts";
import { sections } from "../../report/mod.ts";
import { writeJson } from "../models/checkpoints.ts";
import { writeTextToImage } from "../models/text_to_image_folder.ts";
import { FIXTURES } from "../nn/deepfloyd.ts";
import { openRedisQueue } from "./queues.ts";
import { hasRedis, startRedis } from "./redis.ts";
import { serveGallery, TOKEN } from "./served_gallery.ts";
import { filesIn, startWorkerTask, temporaryFolder } from "./worker_task.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ignore: !hasRedis, fn });

test("sample --queue writes the files that sample writes, byte for byte, and takes what is there from the store", async () => {
  await using folder = await temporaryFolder();
  await using redis = await startRedis({ appendfsync: "everysec" });
  const [store, data, here, there] = ["store", "data", "here", "there"].map((name) =>
    join(folder.path, name)
  );
  await Deno.mkdir(store);
  const fleet = ["--queue", redis.address, "--store", store];
  await using _worker = await startWorkerTask(fleet, { GALLERY_DATA: data });
  const image = join(root, "report/images/cat.png");
  const runs = [
    ["31", "--seed", "3", "--count", "2", "--steps", "3", "--scale", "2"],
    ["a rocket ship", "--seed", "7", "--count", "2", "--steps", "3", "--upscale-steps", "2"],
    ["an apple", "--seed", "1", "--count", "1", "--steps", "4", "--upscale", "none", "--image", image],
    ["an apple", "--anagram", "a heart", "--seed", "5", "--count", "2", "--steps", "2", "--upscale", "none"],
    // More than a job has: in three.
    ["a rocket ship", "--seed", "20", "--count", "18", "--steps", "2", "--upscale", "none"],
  ];
  for (const args of runs) {
    await succeed("sample", ...args, "--out", here);
    await succeed("sample", ...args, "--out", there, ...fleet);
    assertEquals(await filesIn(there), await filesIn(here), args.join(" "));
  }
  const [results] = [await namesIn(join(store, "results"))];
  assertEquals(results.length, 4 + 3);
  const text = await succeed("sample", ...runs[1], "--out", there, ...fleet);
  assertMatch(text, /^grid +.*rocket.*png\nimages +.*-1\.png to .*-2\.png\nseed +7\ntime +5 steps/);
  assertEquals(await namesIn(join(store, "results")), results, "nothing was made a second time");
});

/** A tiny model with LoRAs that fit it, one as PEFT writes it, and a learned token. */
async function writeTuned(folder: string) {
  const at = (...names: string[]) => join(folder, ...names);
  const model = await writeTextToImage(at("model"), "I");
  await Deno.mkdir(at("peft"));
  const processor = await readLora(`${FIXTURES}/lora_processor.safetensors`);
  const tensors = [...processor.layers].flatMap(([layer, { down, up }]) => [
    [`base_model.model.${layer}.lora_A.weight`, down],
    [`base_model.model.${layer}.lora_B.weight`, up],
  ]);
  await writeSafetensors(at("peft", "adapter_model.safetensors"), Object.fromEntries(tensors));
  // No float of 32 bits: what is made of it is not rounded on its way.
  await writeJson(at("peft", "adapter_config.json"), {
    r: 2,
    lora_alpha: 3.3,
    bias: "none",
    use_rslora: true,
  });
  const rows = new Generator(3).randn([2, 48]);
  await writeSafetensors(at("token.safetensors"), { "<mine>": rows });
  const lora = `${FIXTURES}/lora_peft.safetensors`;
  const weights = ["--lora", `${lora}:0.8`, "--lora", at("peft"), "--embedding", at("token.safetensors")];
  return { model, weights, at };
}

test("sample --queue draws with LoRAs and learned tokens of this machine, by a store and by a gallery", async () => {
  await using folder = await temporaryFolder();
  const { model, weights, at } = await writeTuned(folder.path);
  const draw = ["a cat beside <mine>", "--model", model, "--steps", "3", "--seed", "4", "--count", "2"];
  const plain = JSON.parse(await succeed("sample", ...draw, "--out", at("plain"), "--json"));
  await succeed("sample", ...draw, ...weights, "--out", at("here"));
  const here = await filesIn(at("here"));
  const unlike = await Deno.readFile(plain.images[0]);
  assert([...here.values()].every((bytes) => String(bytes) !== String(unlike)));
  for (const place of ["store", "gallery"] as const) {
    await using redis = await startRedis({ appendfsync: "everysec" });
    await using served = await serveGallery(redis.address, undefined, {}, sections);
    const env = { GALLERY_FLEET_TOKEN: TOKEN, GALLERY_DATA: at(`data of ${place}`) };
    const fleet = ["--queue", redis.address, `--${place}`, place === "store" ? at("store") : served.address];
    await using _worker = await startWorkerTask([...fleet, "--model", model], env);
    const sample = async (...args: string[]) => {
      const { success, stderr } = await new Deno.Command("deno", {
        args: ["task", "--quiet", "--cwd", root, "sample", ...args, ...fleet],
        env: { ...env, NO_COLOR: "1" },
      }).output();
      return [success, new TextDecoder().decode(stderr)];
    };
    assertEquals(await sample(...draw, ...weights, "--out", at(`by ${place}`)), [true, ""]);
    assertEquals(await filesIn(at(`by ${place}`)), here, place);
    // Without them it is another job.
    assertEquals(await sample(...draw, "--out", at(`${place} without`)), [true, ""]);
    assertEquals(await filesIn(at(`${place} without`)), await filesIn(at("plain")));
    if (place === "gallery") continue;
    assertEquals((await namesIn(at("store", "uploads"))).map((name) => name.slice(0, 8)), [
      "weights-",
      "weights-",
      "weights-",
    ]);
    // What is drawn again finds its files by itself.
    const [first] = [...here.keys()].filter((name) => name.endsWith("-1.png"));
    assertEquals(await sample("--again", at("here", first), "--out", at("again")), [true, ""]);
    assertEquals(await Deno.readFile(at("again", first)), here.get(first));
  }
});

test("sample --queue refuses LoRAs and learned tokens as sample does, before anything is sent", async () => {
  await using folder = await temporaryFolder();
  const { model, at } = await writeTuned(folder.path);
  await using redis = await startRedis({ appendfsync: "everysec" });
  await Deno.writeTextFile(at("none.safetensors"), "none");
  const stray = new Generator(3).randn([2, 2]);
  await writeSafetensors(at("stray.safetensors"), {
    "nowhere.lora_A.weight": stray,
    "nowhere.lora_B.weight": stray,
  });
  const draw = ["a cat beside <mine> and <large>", "--model", model, "--steps", "1", "--out", at("out")];
  const fleet = ["--queue", redis.address, "--store", at("store")];
  for (
    const args of [
      ["--lora", at("none.safetensors")],
      ["--lora", at("nowhere.safetensors")],
      ["--lora", at("stray.safetensors")],
      ["--embedding", at("none.safetensors")],
      ["--embedding", at("token.safetensors"), "--embedding", at("token.safetensors")],
      ["--upscale-lora", `${FIXTURES}/lora_peft.safetensors`],
    ]
  ) {
    const here = await refuse("sample", ...draw, ...args);
    assertEquals(await refuse("sample", ...draw, ...args, ...fleet), here, args.join(" "));
  }
  await writeSafetensors(at("large.safetensors"), { "<large>": full([600_000, 48], 0.5) });
  assertMatch(
    await refuse("sample", ...draw, "--embedding", at("large.safetensors"), ...fleet),
    /^embedding: ".*large.safetensors", of 116 MB where a file of at most 100 MB is expected \(with --queue\)$/,
  );
  assertEquals([await namesIn(at("store")), await namesIn(at("out"))], [[], []]);
});

test("sample --queue by a gallery that takes the results: pictures to begin from go there, those that are drawn come from there", async () => {
  await using folder = await temporaryFolder();
  await using redis = await startRedis({ appendfsync: "everysec" });
  await using served = await serveGallery(redis.address, undefined, {}, sections);
  const env = { GALLERY_FLEET_TOKEN: TOKEN, GALLERY_DATA: join(folder.path, "data") };
  const fleet = ["--queue", redis.address, "--gallery", served.address];
  await using _worker = await startWorkerTask(fleet, env);
  const image = ["--image", join(root, "report/images/cat.png"), "--upscale", "none", "--count", "1"];
  const args = ["an apple", "--seed", "1", "--steps", "3", ...image, "--out"];
  const [here, there] = ["here", "there"].map((name) => join(folder.path, name));
  await succeed("sample", ...args, here);
  const { code, stderr } = await new Deno.Command("deno", {
    // The address, which may have a password, is in the environment.
    args: [
      "task",
      "--quiet",
      "--cwd",
      root,
      "sample",
      ...args,
      there,
      "--queue",
      "--gallery",
      served.address,
    ],
    env: { ...env, GALLERY_QUEUE: redis.address },
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  assertEquals(await filesIn(there), await filesIn(here));
});

test("sample --queue says what a fleet of another version is", async () => {
  await using folder = await temporaryFolder();
  await using redis = await startRedis({ appendfsync: "everysec" });
  await using _queue = await openRedisQueue(redis);
  const args = ["7", "--queue", redis.address, "--store", folder.path, "--out", join(folder.path, "out")];
  assertMatch(
    await refuse("sample", ...args),
    /^queue: this client is version .*, and the gallery on .* is version /,
  );
});

test("sample --queue says in one line what is not there", async () => {
  await using folder = await temporaryFolder();
  await using redis = await startRedis({ appendfsync: "everysec" });
  const out = join(folder.path, "out");
  const store = ["--store", folder.path];
  const ask = (...args: string[]) => refuse("sample", "7", "--steps", "2", "--out", out, ...args);
  assertMatch(
    await ask("--queue", "redis://127.0.0.1:9", ...store),
    /^queue: "redis:\/\/127.0.0.1:9" where the address of a Redis 7/,
  );
  assertEquals(await ask("--queue", redis.address, ...store), "No worker is there that could compute this.");
  assertMatch(await ask("--queue", redis.address), /^GALLERY_FLEET_TOKEN: none where/);
  assertMatch(
    await ask("--queue", redis.address, ...store, "--threads", "1"),
    /^threads: given where none with --queue is expected/,
  );
  assertMatch(await ask(...store), /^store: .* where --queue beside it is expected/);
  assertMatch(await ask("--queue", "nobody", ...store), /^queue: "nobody" where redis:/);
  assertEquals(await namesIn(out), [], "nothing is left");
});
