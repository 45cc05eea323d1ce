import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { pathToFileURL } from "node:url";
import { buildEmoji } from "../../../recipes/data/emoji/build.ts";
import { IconSetError, openIconSet, openIconSets } from "../../../recipes/data/emoji/icons.ts";
import { EmojiSetError, loadEmoji, readEmojiIndex } from "../../../recipes/data/emoji/load.ts";
import { chooseNames } from "../../../recipes/data/emoji/names.ts";
import { packages } from "../../../recipes/data/emoji/packages.ts";
import { styles } from "../../../recipes/data/emoji/styles.ts";
import { decodeImage } from "../../../lib/image.ts";
import { namesIn, refuse, succeed } from "../../cli/task.ts";

const folder = await Deno.makeTempDir();
const set = `${folder}/emoji`;
const chosen = ["rocket ship", "starry sky", "people around a campfire", "goat"];

/** Draws a small set, as a user does; all tests read it. */
const made = succeed("data", "emoji", "--names", chosen.join(","), "--sizes", "16,32", "--out", set);

Deno.test("data emoji draws the names in the styles that have them, and says what it made", async () => {
  assertStringIncludes(await made, `${set} holds`);
  const { entries, names, styles: looks, pictures, size } = await loadEmoji({ size: 32, folder: set });
  assertEquals(names.map(({ name }) => name), chosen);
  assertEquals(looks.map(({ id }) => id), styles.map(({ id }) => id));
  assertEquals(pictures.length, entries.length * 3 * 32 * 32);
  assertEquals(size, 32);
  for (const name of chosen.keys()) {
    const own = entries.filter((entry) => entry.name === name);
    assert(new Set(own.map(({ style }) => style)).size >= 7);
    assertEquals(new Set(own.map(({ id, style }) => `${id} ${style}`)).size, own.length);
    for (const { style, heldOut } of own) {
      // A pair is held out as a whole.
      if (heldOut === "pair") {
        assert(own.every((entry) => entry.style !== style || entry.heldOut === "pair"));
      }
    }
  }
  assertEquals(await namesIn(folder), ["emoji"]); // no temporary folder is left
});

Deno.test("a rocket is coloured on white; a lithograph is gray; the sky fills the square", async () => {
  await made;
  const { entries, pictures, size } = await loadEmoji({ size: 32, folder: set });
  const area = size * size;
  const picture = (name: number, style: string) => {
    const i = entries.findIndex((entry) => entry.name === name && entry.id.startsWith(`${style}:`));
    return pictures.subarray(i * 3 * area, (i + 1) * 3 * area);
  };
  const saturation = (bytes: Uint8Array) => {
    let total = 0;
    for (let i = 0; i < area; i++) {
      const rgb = [bytes[i], bytes[area + i], bytes[2 * area + i]];
      total += Math.max(...rgb) - Math.min(...rgb);
    }
    return total / area;
  };
  const rocket = picture(0, "noto");
  assertEquals([rocket[0], rocket[area], rocket[2 * area]], [255, 255, 255]); // the upper left corner
  assert(saturation(rocket) > 20);
  assertEquals(saturation(picture(0, "fluent-emoji-high-contrast")), 0);
  const sky = picture(1, "noto");
  const column = (channel: number) => {
    const bytes = Array.from({ length: size / 2 }, (_, y) => sky[channel * area + (y + size / 4) * size + 6]);
    return bytes.reduce((sum, byte) => sum + byte) / bytes.length;
  };
  assert(column(0) < 128 && column(2) > column(0), "dark blue at its left edge");
});

Deno.test("some names may be asked for, in an order of one's own", async () => {
  await made;
  const all = await loadEmoji({ size: 16, folder: set });
  const some = await loadEmoji({ size: 16, folder: set, names: ["people around a campfire", "rocket ship"] });
  assertEquals(some.names.map(({ name }) => name), ["people around a campfire", "rocket ship"]);
  const length = 3 * 16 * 16;
  for (const [i, { name, style, id, heldOut }] of some.entries.entries()) {
    const whole = all.entries.findIndex((entry) => {
      return all.names[entry.name].name === some.names[name].name && entry.style === style && entry.id === id;
    });
    assertEquals(all.entries[whole].heldOut, heldOut);
    const bytes = (from: Uint8Array, n: number) => from.subarray(n * length, (n + 1) * length);
    assertEquals(bytes(some.pictures, i), bytes(all.pictures, whole));
  }
  await assertRejects(
    () => loadEmoji({ size: 16, folder: set, names: ["zebra"] }),
    RangeError,
    'names: "zebra"',
  );
});

Deno.test("what is not there or damaged is named, with the way to make it", async () => {
  await made;
  const missing = () => loadEmoji({ size: 32, folder: `${folder}/none` });
  await assertRejects(missing, EmojiSetError, "`deno task data emoji` makes it");
  const size = () => loadEmoji({ size: 48, folder: set });
  await assertRejects(size, EmojiSetError, "size: 48 where one of 16, 32");
  const damaged = `${await Deno.makeTempDir()}/emoji`;
  await Deno.mkdir(damaged);
  await Deno.copyFile(`${set}/index.json`, `${damaged}/index.json`);
  await assertRejects(() => loadEmoji({ size: 32, folder: damaged }), EmojiSetError, "cannot be read");
  await Deno.writeFile(`${damaged}/pictures-32.bin`, new Uint8Array(100));
  await assertRejects(() => loadEmoji({ size: 32, folder: damaged }), EmojiSetError, "of 100 bytes where");
  const index = JSON.parse(await Deno.readTextFile(`${set}/index.json`));
  index.styles[0].packages = ["@iconify-json/noto@0.0.1"];
  await Deno.writeTextFile(`${damaged}/index.json`, JSON.stringify(index));
  const old = () => readEmojiIndex(damaged);
  await assertRejects(
    old,
    EmojiSetError,
    "is made from @iconify-json/noto@0.0.1 where @iconify-json/noto@1.2.9",
  );
  await Deno.writeTextFile(`${damaged}/index.json`, "{");
  await assertRejects(() => readEmojiIndex(damaged), EmojiSetError, "is no index");
});

Deno.test("an icon that does not render is left out by name, and the set is replaced as a whole", async () => {
  const icons = `${await Deno.makeTempDir()}/package/`;
  await Deno.mkdir(icons);
  const noto = packages.find(({ id }) => id === "noto")!;
  const body = '<circle cx="8" cy="8" r="8"/>';
  const file = { width: 16, height: 16, icons: { rocket: { body: "<unclosed" }, skull: { body } } };
  await Deno.writeTextFile(`${icons}icons.json`, JSON.stringify(file));
  await Deno.writeTextFile(`${icons}package.json`, JSON.stringify({ version: noto.version }));
  const sets = await openIconSets(packages.filter(({ id }) => id !== "noto"));
  const target = `${await Deno.makeTempDir()}/emoji`;
  await Deno.mkdir(target);
  await Deno.writeTextFile(`${target}/old`, "");
  const { index } = await buildEmoji({
    folder: target,
    sets: [await openIconSet(noto, pathToFileURL(icons)), ...sets],
    sizes: [16],
    names: chooseNames(["rocket ship", "skull"]),
  });
  assertEquals(index.skipped.length, 1);
  assertStringIncludes(index.skipped[0], "rocket ship: noto:rocket cannot be drawn: ");
  const drawn = (name: number) =>
    index.entries.filter((entry) => entry.name === name && entry.id.startsWith("noto:"));
  assertEquals([drawn(0).length, drawn(1).length], [0, 1]);
  assert(index.entries.some(({ name }) => name === 0));
  assertEquals(await namesIn(target), ["index.json", "pictures-16.bin"]);
});

Deno.test("packages that are missing, damaged or of another version are named", async () => {
  const noto = packages[0];
  const folder = pathToFileURL(`${await Deno.makeTempDir()}/`);
  const open = () => openIconSet(noto, folder);
  await assertRejects(open, IconSetError, "@iconify-json/noto: package.json cannot be read");
  await Deno.writeTextFile(new URL("package.json", folder), '{"version": "0.0.1"}');
  await assertRejects(
    open,
    IconSetError,
    `@iconify-json/noto: version 0.0.1 where ${noto.version} is expected`,
  );
  await Deno.writeTextFile(new URL("package.json", folder), JSON.stringify({ version: noto.version }));
  await Deno.writeTextFile(new URL("icons.json", folder), '{"icons": {"rock');
  await assertRejects(open, IconSetError, "@iconify-json/noto: icons.json is no whole JSON file");
});

Deno.test("a sheet of scenes with their captions is drawn, the same for a seed", async () => {
  const sheet = (name: string, seed: string) => {
    const rest = ["--names", "cat,house", "--sizes", "16", "--out", `${folder}/sheets`];
    return succeed("data", "emoji", ...rest, "--sheet", `${folder}/${name}.png`, "--seed", seed);
  };
  assertStringIncludes(await sheet("first", "1"), "first.png shows scenes of training");
  await sheet("again", "1");
  await sheet("other", "2");
  const [first, again, other] = await Promise.all(
    ["first", "again", "other"].map((name) => Deno.readFile(`${folder}/${name}.png`)),
  );
  assertEquals(first, again);
  assert(first.length !== other.length || first.some((byte, i) => byte !== other[i]));
  const { shape } = await decodeImage(first);
  assertEquals(shape[2], 10 * 132);
});

Deno.test("data: bad input is told in one line", async () => {
  assertEquals(await refuse("data", "digits"), 'set: "digits" where emoji is expected');
  assertEquals(
    await refuse("data", "emoji", "--sizes", "32,7"),
    'sizes: "7" where whole numbers from 8 to 1024 are expected',
  );
  assertStringIncludes(await refuse("data", "emoji", "--names", "rocket ship,qwerty"), 'names: "qwerty"');
});
