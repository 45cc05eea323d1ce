/** `deno task sample` with folders of `DDPMPipeline` and `DDIMPipeline`. */
import { assertEquals, assertMatch } from "@std/assert";
import { basename, join } from "node:path";
import { decodeImage, encodePng } from "../../lib/image.ts";
import { map, zeros } from "../../lib/tensor.ts";
import { temporaryFolder } from "../models/checkpoints.ts";
import { writeDdpm } from "../models/ddpm_checkpoints.ts";
import { namesIn, refuse, succeed } from "./task.ts";

Deno.test("a folder of old draws without a prompt, and each picture again from itself", async () => {
  await using folder = await temporaryFolder();
  const model = await writeDdpm(join(folder.path, "old"), { flat: true, oldNames: true });
  const out = join(folder.path, "out");
  const run = ["--model", model, "--steps", "4", "--seed", "3", "--count", "2", "--out", out, "--json"];
  const { grid, images, parameters } = JSON.parse(await succeed("sample", ...run));
  assertEquals(parameters, {
    prompt: null,
    model,
    weights: parameters.weights,
    sampler: "ddpm",
    steps: 4,
    seed: 3,
    count: 2,
    scale: 1,
    image: null,
    strength: null,
    mask: null,
  });
  assertMatch(basename(grid), /^old-seed3-steps4-[0-9a-f]{6}\.png$/);
  assertEquals((await decodeImage(await Deno.readFile(images[1]))).shape, [3, 8, 8]);
  const second = join(folder.path, "second");
  await succeed("sample", "--again", images[1], "--out", second);
  assertEquals(await namesIn(second), [basename(images[1])]);
  assertEquals(await Deno.readFile(join(second, basename(images[1]))), await Deno.readFile(images[1]));
});

Deno.test("a picture is drawn anew, and classes are numbers", async () => {
  await using folder = await temporaryFolder();
  const model = await writeDdpm(join(folder.path, "new"), { pipeline: "DDIMPipeline" });
  const photo = join(folder.path, "photo.png");
  const mask = join(folder.path, "mask.png");
  await Deno.writeFile(photo, encodePng(map(zeros([3, 16, 16]), (_, i) => i % 5 / 5)));
  await Deno.writeFile(mask, encodePng(map(zeros([1, 16, 16]), (_, i) => i < 128 ? 1 : 0)));
  const common = ["--model", model, "--count", "1", "--out", join(folder.path, "out"), "--json"];
  const given = [...common, "--steps", "5", "--image", photo];
  const { parameters, stepMs } = JSON.parse(
    await succeed("sample", ...given, "--mask", mask, "--rule", "repaint"),
  );
  assertEquals([parameters.sampler, parameters.strength, parameters.rule], ["ddim", 1, "repaint"]);
  assertEquals(stepMs.length, 5);
  assertEquals(
    JSON.parse(await succeed("sample", ...common)).parameters.steps,
    50,
    "the pipeline's own number",
  );
  const course = await writeDdpm(join(folder.path, "course"), { network: "course" });
  const drawn = [
    "--model",
    course,
    "--steps",
    "2",
    "--count",
    "1",
    "--out",
    join(folder.path, "out"),
    "--json",
  ];
  assertEquals(JSON.parse(await succeed("sample", "4", ...drawn)).parameters.prompt, "4");
  assertEquals(
    await refuse("sample", "5", ...drawn),
    `prompt: "5" where a class from 0 to 4 is expected (by --model ${course})`,
  );
  assertEquals(
    await refuse("sample", ...drawn),
    `prompt: none where a class from 0 to 4 is expected (by --model ${course})`,
  );
});

Deno.test("what a network without texts does not know is refused by name, and nothing is written", async () => {
  await using folder = await temporaryFolder();
  const model = await writeDdpm(join(folder.path, "ddpm"));
  const out = join(folder.path, "out");
  const refused = (...args: string[]) => refuse("sample", ...args, "--model", model, "--out", out);
  assertMatch(
    await refused("a fox"),
    /^prompt: "a fox" where none is expected \(--model .* draws from noise alone\)$/,
  );
  for (const [name, value] of [["guidance", "3"], ["negative", "x"], ["upscale", "none"], ["anagram", "y"]]) {
    assertMatch(await refused(`--${name}`, value), new RegExp(`^${name}: given where none is expected`));
  }
  assertMatch(await refused("--steps", "1001"), /^steps: 1001 where a whole number from 1 to 1000/);
  assertMatch(await refused("--strength", "0.5"), /^strength: 0.5 where --image beside it/);
  assertMatch(await refused("--height", "9"), /^height: 9 where a multiple of 4 is expected/);
  assertEquals(await namesIn(out), []);
});
