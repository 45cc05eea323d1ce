/** `deno task sample` with several texts in a picture, seeds of one's own, and prompts from a file. */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { basename, join } from "node:path";
import { decodeImage } from "../../lib/image.ts";
import { temporaryFolder } from "../models/checkpoints.ts";
import { SIZE, writeTextToImage } from "../models/text_to_image_folder.ts";
import { refuse, succeed } from "./task.ts";

async function draw(...args: string[]) {
  return JSON.parse(await succeed("sample", "--threads", "1", "--steps", "2", "--json", ...args));
}

Deno.test("sample draws anagrams by both stages, and again byte for byte", async () => {
  await using folder = await temporaryFolder();
  const [model, upscale] = await Promise.all(
    (["I", "II"] as const).map((stage) => writeTextToImage(join(folder.path, stage), stage)),
  );
  const [out, again] = ["out", "again"].map((name) => join(folder.path, name));
  const common = ["--model", model, "--upscale", upscale, "--upscale-steps", "2"];
  const views = [
    "--anagram",
    "a fire",
    "--view",
    "rotate-180",
    "--anagram",
    "a skull",
    "--view",
    "permute-pixels",
  ];
  const run = await draw("a man", ...views, "--seeds", "9,3-4", ...common, "--out", out);
  const { anagram, seeds, count, seed } = run.parameters;
  assertEquals(anagram, [{ view: "rotate-180", prompt: "a fire" }, {
    view: "permute-pixels",
    prompt: "a skull",
  }]);
  assertEquals([seeds, count, seed], [[9, 3, 4], 3, 9]);
  assertEquals(run.images.length, 3);
  // The sheet has each picture as it is and under both views.
  const sheet = await decodeImage(await Deno.readFile(run.grid));
  const large = (await decodeImage(await Deno.readFile(run.images[0]))).shape[1];
  const factor = (sheet.shape[1] - 4) / (3 * large + 4) > 1
    ? Math.round(sheet.shape[1] / (3 * large + 4))
    : 1;
  assertEquals(sheet.shape, [3, factor * (3 * large + 4), factor * (3 * large + 4)]);
  await succeed("sample", "--again", run.images[1], "--threads", "1", "--out", again);
  const name = basename(run.images[1]);
  assertEquals(await Deno.readFile(join(again, name)), await Deno.readFile(run.images[1]));
  assert(large >= SIZE);
});

Deno.test("sample draws hybrids of all prompts of a file", async () => {
  await using folder = await temporaryFolder();
  const model = await writeTextToImage(join(folder.path, "I"), "I");
  const [out, prompts] = ["out", "prompts.txt"].map((name) => join(folder.path, name));
  await Deno.writeTextFile(prompts, "# two\na forest\r\n\n  a rocket ship\n");
  const args = [
    "--prompts",
    prompts,
    "--hybrid",
    "a dog",
    "--count",
    "1",
    "--seed",
    "2",
    "--model",
    model,
    "--width",
    "32",
    "--out",
    out,
  ];
  const run = await draw(...args);
  assertEquals([run.parameters.prompts, run.parameters.hybrid], [["a forest", "a rocket ship"], "a dog"]);
  assertEquals([run.images.length, run.parameters.anagram], [2, undefined]);
  assertEquals((await decodeImage(await Deno.readFile(run.images[0]))).shape, [3, SIZE, 2 * SIZE]);
});

Deno.test("sample says which of the texts, views, seeds and files do not fit", async () => {
  await using folder = await temporaryFolder();
  const model = await writeTextToImage(join(folder.path, "I"), "I");
  const empty = join(folder.path, "empty.txt");
  await Deno.writeTextFile(empty, "# nothing\n");
  const wrong = async (...args: string[]) => await refuse("sample", "--model", model, ...args);
  assertEquals(
    await wrong("x", "--anagram", "a", "--hybrid", "b"),
    "hybrid: given where none beside --anagram is expected",
  );
  assertEquals(await wrong("x", "--view", "flip"), 'view: "flip" where --anagram beside it is expected');
  assertMatch(await wrong("x", "--anagram", "a", "--view", "up"), /^view: "up" where one of identity, flip/);
  assertMatch(await wrong("x", "--anagram", "a", "--anagram", "b"), /^view: 0 given where 2 are expected/);
  assertMatch(await wrong("x", "--seeds", "4-2"), /^seeds: "4-2" where a rising range/);
  assertEquals(
    await wrong("x", "--seeds", "4", "--seed", "4"),
    "seed: 4 where none beside --seeds is expected",
  );
  assertMatch(await wrong("--prompts", empty), /^prompts: .* without a prompt where one a line/);
  assertMatch(await wrong("x", "--prompts", empty), /^prompts: /);
  assertMatch(
    await refuse("sample", "7", "--model", "mnist-class", "--anagram", "8"),
    /^anagram: given where none is expected/,
  );
});

Deno.test("sample visits timesteps of one's own, and again byte for byte", async () => {
  await using folder = await temporaryFolder();
  const model = await writeTextToImage(join(folder.path, "I"), "I");
  const [out, again] = ["out", "again"].map((name) => join(folder.path, name));
  const common = ["--model", model, "--threads", "1", "--seed", "1", "--count", "1", "--json", "--out", out];
  const run = JSON.parse(await succeed("sample", "a cat", "--timesteps", "900,400,0", ...common));
  assertEquals([run.parameters.timesteps, run.parameters.steps], [[900, 400, 0], 3]);
  const other = JSON.parse(await succeed("sample", "a cat", "--steps", "3", ...common));
  assert(run.images[0] !== other.images[0]);
  await succeed("sample", "--again", run.images[0], "--threads", "1", "--out", again);
  const name = basename(run.images[0]);
  assertEquals(await Deno.readFile(join(again, name)), await Deno.readFile(run.images[0]));
  const fast = JSON.parse(await succeed("sample", "a cat", "--timesteps", "fast27", ...common));
  assertEquals([fast.parameters.timesteps[0], fast.parameters.steps], [999, 27]);
});

Deno.test("sample guides within an interval of timesteps, and again byte for byte", async () => {
  await using folder = await temporaryFolder();
  const model = await writeTextToImage(join(folder.path, "I"), "I");
  const [out, again] = ["out", "again"].map((name) => join(folder.path, name));
  const common = ["a cat", "--model", model, "--threads", "1", "--seed", "1", "--count", "1", "--json"];
  const draw = async (...options: string[]) =>
    JSON.parse(await succeed("sample", ...common, "--steps", "4", "--out", out, ...options));
  const some = await draw("--guidance-interval", "300-700");
  assertEquals(some.parameters.guidanceInterval, [300, 700]);
  await succeed("sample", "--again", some.images[0], "--threads", "1", "--out", again);
  const images = await Promise.all([
    join(again, basename(some.images[0])),
    some.images[0],
    (await draw()).images[0],
    (await draw("--guidance", "1")).images[0],
  ].map(async (path) => decodeImage(await Deno.readFile(path))));
  assertEquals(images[0], images[1]);
  assertNotEquals(images[1], images[2]);
  assertNotEquals(images[1], images[3]);
  const refused = async (interval: string, expected: RegExp) =>
    assertMatch(await refuse("sample", ...common, "--guidance-interval", interval), expected);
  for (const interval of ["700-300", "5", "a-b", "-1-5"]) {
    await refused(interval, /^guidance-interval: .* where two timesteps such as 200-800/);
  }
  await refused("0-1000", /^guidance-interval: \[0,1000\] where two timesteps from 0 to 999/);
});

Deno.test("sample refuses timesteps that cannot be visited", async () => {
  await using folder = await temporaryFolder();
  const model = await writeTextToImage(join(folder.path, "I"), "I");
  const common = ["a cat", "--model", model, "--out", join(folder.path, "out")];
  const refused = async (list: string, expected: RegExp, ...others: string[]) =>
    assertMatch(await refuse("sample", ...common, "--timesteps", list, ...others), expected);
  await refused("10,20", /timesteps\[1\]: 20 where a whole number from 0 to 9 is expected/);
  await refused("1000,5", /timesteps\[0\]: 1000 where a whole number from 0 to 999 is expected/);
  await refused("1,x", /timesteps: "1,x" where a list such as 990,660,330,0 or a respacing such as fast27/);
  await refused("9,5", /^steps: 2 where none beside --timesteps/, "--steps", "2");
});
