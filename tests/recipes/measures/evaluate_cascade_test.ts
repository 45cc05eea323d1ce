import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { evaluateCascade } from "../../../recipes/measures/evaluate_cascade.ts";
import { refuse } from "../../cli/task.ts";
import { writeTextToImage } from "../../models/text_to_image_folder.ts";
import { drawnIcons } from "./drawn_icons.ts";

const folder = await Deno.makeTempDir();
const [first, second] = [`${folder}/first`, `${folder}/second`];
for (const [path, stage] of [[first, "I"], [second, "II"]] as const) {
  await Deno.mkdir(path);
  await writeTextToImage(path, stage);
}

Deno.test("evaluate a cascade: every figure in its range, the same of the same seed", async () => {
  const done: number[] = [];
  const options = { set: drawnIcons(), count: 8, composed: 1, diverse: 1, most: 24, steps: 2, threads: 1 };
  const found = await evaluateCascade(first, second, { ...options, onProgress: (share) => done.push(share) });
  const shares = ["precision", "recall", "nameTop1", "nameTop1HeldOut", "styleTop1", "ground", "realGround"];
  for (
    const key of [
      ...shares,
      "anagrams",
      "hybrids",
      "bothThings",
      "realNameTop1",
      "realStyleTop1",
      "realBothThings",
    ]
  ) {
    const share = found[key] as number;
    assert(share >= 0 && share <= 1, `${key} ${share}`);
  }
  // What random weights draw is unlike any picture.
  assert(found.fid > 2 * (found.realFid as number) && found.kid > 0, `${found.fid} ${found.kid}`);
  assert(found.copies > 1 && found.sharpness > 0 && found.diversity! > 0);
  assertEquals([found.samples, found.samplesHeldOut, found.pictures, found.pairs], [8, 2, 5, 1]);
  assertEquals(done.at(-1), 1);
  assertEquals(done, done.toSorted((a, b) => a - b));
  assertEquals(await evaluateCascade(first, second, options), found);
});

Deno.test("evaluate a cascade: nothing is told of what is not drawn", async () => {
  const options = {
    set: drawnIcons(),
    count: 8,
    pairs: 0,
    composed: 0,
    diverse: 0,
    most: 12,
    steps: 1,
    threads: 1,
  };
  const found = await evaluateCascade(first, second, options);
  assertEquals(["anagrams", "hybrids", "bothThings", "diversity"].filter((key) => key in found), []);
});

Deno.test("evaluate a cascade: a model that does not say what it knows, or does not enlarge, is refused", async () => {
  await assertRejects(
    () => evaluateCascade(first, second),
    RangeError,
    "where one with a vocabulary.json is expected",
  );
  assertStringIncludes(
    await refuse("evaluate", first, "--cascade", first),
    "of the kind text-to-image where a super-resolution model is expected",
  );
  assertStringIncludes(
    await refuse("evaluate", "mnist-class", "--cascade", second),
    `cascade: ${JSON.stringify(second)} where none is expected (for mnist-class)`,
  );
});
