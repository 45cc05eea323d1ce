import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Generator } from "../../../lib/random.ts";
import { corpusIcons, isHeldOut, openCorpus } from "../../../recipes/data/icons/corpus.ts";
import { loadHeldOutIcons } from "../../../recipes/data/icons/held_out_icons.ts";
import { loadIconImages } from "../../../recipes/data/icons/icon_images.ts";
import { damage } from "../../../recipes/emoji/damage.ts";
import { ImageQuality } from "../../../recipes/emoji/image_quality.ts";
import { full } from "../../../lib/tensor.ts";

const sets = await openCorpus();

Deno.test("the corpus has every icon that can be drawn at a step; a tenth of the names is held out of training", async () => {
  const icons = corpusIcons(sets);
  assert(icons.length > 19_000, `${icons.length}`);
  const heldOut = icons.filter(({ name }) => isHeldOut(name));
  assert(Math.abs(heldOut.length / icons.length - 0.1) < 0.02, `${heldOut.length}`);
  const { count } = await loadIconImages({ size: 16, sets });
  assertEquals(count, icons.length - heldOut.length);
  const { captions } = await loadHeldOutIcons({ size: 16, sets, count: 40 });
  const names = heldOut.map(({ name }) => name.replaceAll("-", " "));
  for (const caption of captions) assert(names.some((name) => caption.endsWith(` ${name}`)), caption);
});

Deno.test("images are drawn anew, the same for the same generator, side by side as one after the other", async () => {
  const set = await loadIconImages({ size: 16, sets });
  const one = new Generator(3), two = new Generator(3);
  const together = await Promise.all([5, 6, 7].map((subject) => set.draw(subject, one)));
  const single = [];
  for (const subject of [5, 6, 7]) single.push(await set.draw(subject, two));
  assertEquals(together, single);
  assertNotEquals((await set.draw(5, one)).image, together[0].image);
  assertEquals(together[0].image.length, 3 * 16 * 16);
});

Deno.test("held-out icons are from all sets, on white", async () => {
  const { images, count, captions } = await loadHeldOutIcons({ size: 16, sets, count: 16 });
  assertEquals([count, captions.length, images.length], [16, 16, 16 * 3 * 256]);
  // Two of the eight sets share a style.
  assertEquals(new Set(captions.map((caption) => caption.split(" of ")[0])).size, 7);
});

Deno.test("damage changes some of the images a little, and keeps the range", () => {
  const x = full([64, 3, 8, 8], 0.5);
  const damaged = damage(x, new Generator(0));
  const length = 3 * 64;
  const changes = Array.from({ length: 64 }, (_, n) => {
    const image = damaged.data.subarray(n * length, (n + 1) * length);
    return Math.max(...image.map((value) => Math.abs(value - 0.5)));
  });
  const changed = changes.filter((change) => change > 0).length;
  assert(changed > 12 && changed < 40, `${changed}`);
  assert(Math.max(...changes) < 0.5 && damaged.data.every((value) => Math.abs(value) <= 1));
});

Deno.test("quality: the same image is as sharp and as white; a gray one is neither", () => {
  const original = full([1, 3, 8, 8], 1);
  for (let c = 0; c < 3; c++) for (let i = 0; i < 4; i++) original.data[c * 64 + 27 + i * 8] = -1;
  const same = new ImageQuality(), gray = new ImageQuality(), other = new ImageQuality();
  same.add(original, original);
  assertEquals([same.psnr, same.sharpness, same.ground], [Infinity, 1, 1]);
  gray.add(full([1, 3, 8, 8], 0.9), original);
  assertEquals([gray.sharpness, gray.ground], [0, 0]);
  // Every value off by half of the range 0 to 1: 6.02 decibels.
  other.add(full([1, 3, 8, 8], 0), full([1, 3, 8, 8], 1));
  assert(Math.abs(other.psnr - 6.0206) < 1e-3);
});
