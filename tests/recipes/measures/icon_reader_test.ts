import { assert, assertEquals, assertThrows } from "@std/assert";
import { concat, type Tensor } from "../../../lib/tensor.ts";
import { isHeldOutTogether } from "../../../recipes/data/emoji/held_out.ts";
import { composedPrompts } from "../../../recipes/measures/composed_prompts.ts";
import { featuresOf } from "../../../recipes/measures/features_of.ts";
import { trainIconReader } from "../../../recipes/measures/icon_reader.ts";
import { anagramPairs, hybridPairs } from "../../../recipes/measures/illusion_pairs.ts";
import { knownPairs, nameIn } from "../../../recipes/measures/illusions.ts";
import { openImageFeatures } from "../../../recipes/measures/image_features.ts";
import { imagesOf, indicesOf, pairsOf, promptOf } from "../../../recipes/measures/labelled_images.ts";
import { sideBySide } from "../../../recipes/measures/side_by_side.ts";
import { readHalves, showsBoth } from "../../../recipes/measures/things_in_image.ts";
import { topShare } from "../../../recipes/measures/top.ts";
import { drawnIcons } from "./drawn_icons.ts";

const set = drawnIcons();

Deno.test("a reader reads names and styles of pictures that it was not trained on, and both of two things", async () => {
  await using network = await openImageFeatures({ threads: 1 });
  const reader = await trainIconReader(network, set, { most: 96, threads: 1 });
  const heldOut = indicesOf(set, true);
  const { names, styles } = reader.read(await featuresOf(network, set, heldOut));
  assert(topShare(names, heldOut.map((i) => set.labels[i].name)) >= 0.8);
  assert(topShare(styles, heldOut.map((i) => set.labels[i].style)) >= 0.6);

  const two = sideBySide(imagesOf(set, [0]), imagesOf(set, [5]));
  assertEquals(two.shape, [1, 3, set.size, set.size]);
  const halves = await readHalves(network, reader, concat([two, { ...two, data: two.data.map(() => 1) }]));
  assertEquals(halves[0][0].shape, [2, 4]);
  assert(showsBoth(halves, 0, [0, 1]));
  assert(showsBoth(halves, 0, [0, 1], 1) && showsBoth(halves, 0, [1, 0], 1));
  assert(!showsBoth(halves, 0, [0, 2], 1) && !showsBoth(halves, 0, [0, 0], 1));
  assert(!showsBoth(halves, 1, [0, 1], 1), "nothing is there");
});

Deno.test("pairs of which nothing is trained are held out; a single picture that is held out is none", () => {
  assertEquals(pairsOf(set, true).map(({ name, style }) => [name, style]), [[0, 0], [1, 1], [2, 2], [3, 3]]);
  assertEquals(pairsOf(set, false).length, 12);
  assertEquals(indicesOf(set, true).length, 5);
  assertEquals(promptOf(set, { name: 1, style: 2 }), "a photo of a crown");
});

Deno.test("forty anagrams and forty hybrids are fixed, no two the same, the report's own first", () => {
  for (const pairs of [anagramPairs, hybridPairs]) {
    assertEquals(pairs.length, 40);
    assertEquals(new Set(pairs.map((pair) => pair.join())).size, 40);
  }
  assertEquals(anagramPairs[0], [
    "an oil painting of an old man",
    "an oil painting of people around a campfire",
  ]);
  assertEquals(hybridPairs[0], ["a lithograph of a skull", "a lithograph of waterfalls"]);
  assertEquals(knownPairs(set, anagramPairs), [["a photo of a panda", "a photo of a soccer ball"]]);
});

Deno.test("a prompt's name is that of the longest phrase at its end", () => {
  const known = {
    names: [
      { name: "mountain", phrases: ["a mountain"] },
      { name: "village", phrases: ["a village", "a mountain village"] },
    ],
  };
  assertEquals(nameIn(known, "a photo of a mountain village"), 1);
  assertEquals(nameIn(known, "a mountain"), 0);
  assertEquals(nameIn(known, "a seamountain"), undefined);
});

Deno.test("prompts of two things name two that are never together in training and a colour, the same of the same seed", () => {
  const prompts = composedPrompts(set, 20);
  for (const { prompt, names: [one, other] } of prompts) {
    assert(one !== other && isHeldOutTogether(set.names[one].name, set.names[other].name));
    const [thing, next] = [one, other].map((name) => set.names[name].phrases[0]);
    assert(
      prompt.startsWith("a lithograph of a") && prompt.endsWith(`${thing.slice(1)} next to ${next}`),
      prompt,
    );
  }
  assertEquals(composedPrompts(set, 20), prompts);
  assertThrows(
    () => composedPrompts({ ...set, names: [] }, 1),
    RangeError,
    "names: none of 0 that could stand in",
  );
});

Deno.test("both things: each in its own half, in either order, among the three likeliest names unless fewer are asked for", () => {
  const half = (...data: number[]): Tensor => ({ data: Float32Array.from(data), shape: [1, 5] });
  const [first, second] = [half(0.5, 0.3, 0.1, 0.06, 0.04), half(0.04, 0.06, 0.1, 0.3, 0.5)];
  const shows = (names: [number, number], k?: number) => showsBoth([[first, second]], 0, names, k);
  assertEquals([shows([0, 4]), shows([4, 0]), shows([2, 2]), shows([0, 1]), shows([3, 4])], [
    true,
    true,
    true,
    false,
    false,
  ]);
  assertEquals([shows([0, 4], 1), shows([0, 3], 1), shows([0, 3], 2)], [true, false, true]);
  // What the other split says counts as well.
  assert(showsBoth([[second, second], [second, first]], 0, [0, 4]));
});
