import { assert, assertEquals } from "@std/assert";
import { Generator } from "../../../lib/random.ts";
import { bareStyle, captionOf, withWords } from "../../../recipes/data/emoji/captions.ts";
import type { Description } from "../../../recipes/data/emoji/describe.ts";
import { heldOutStyles, holdOut, isHeldOutTogether } from "../../../recipes/data/emoji/held_out.ts";
import { names } from "../../../recipes/data/emoji/names.ts";
import { styles } from "../../../recipes/data/emoji/styles.ts";
import { Draw } from "../../../recipes/data/scene/draw.ts";
import { unmeasuredCatalog } from "./unmeasured_catalog.ts";

const catalog = await unmeasuredCatalog(78);
const number = (id: string) => styles.findIndex((style) => style.id === id);
const [noto, twemoji, lithograph] = ["noto", "twemoji", "fluent-emoji-high-contrast"].map(number);
const rocket = names.findIndex(({ name }) => name === "rocket ship");
const find = (name: number, style: number) =>
  catalog.pictures.find((picture) => picture.name === name && picture.style === style)!;

/** Captions of a plain picture. */
function draw(style: number, count: number, seed = 0, name = rocket): string[] {
  const draw = new Draw(new Generator(seed));
  const picture = find(name, style);
  const description: Description = { thing: { picture }, behind: { kind: "white" }, bleed: false };
  return Array.from({ length: count }, () => captionOf(catalog, description, draw));
}

Deno.test("captions are those of the generator's seed", () => {
  assertEquals(draw(noto, 50, 7), draw(noto, 50, 7));
  assert(draw(noto, 50, 7).join() !== draw(noto, 50, 8).join());
});

Deno.test("one caption in twenty of a simple picture is the style alone", () => {
  const bare = styles[twemoji].phrases.map(bareStyle);
  const count = draw(twemoji, 8000).filter((caption) => bare.includes(caption)).length;
  // Five standard deviations of 8,000 draws around 0.05.
  assert(Math.abs(count / 8000 - 0.05) < 0.0125, `${count}`);
});

Deno.test("plain captions come from the default styles alone, at their share", () => {
  const phrases = styles.flatMap((style) => style.phrases.map(bareStyle));
  const plain = (style: number) =>
    draw(style, 4000).filter((caption) => !phrases.some((phrase) => caption.startsWith(phrase))).length /
    4000;
  assertEquals(plain(twemoji), 0);
  assert(Math.abs(plain(noto) - 0.95 * styles[noto].plain) < 0.04, `${plain(noto)}`);
});

Deno.test("captions name the thing by its phrases, with and without articles", () => {
  const captions = draw(twemoji, 2000);
  for (const phrase of names[rocket].phrases) {
    assert(captions.includes(`a flat icon of ${phrase}`), phrase);
    assert(captions.includes(`an icon of ${phrase.replace("a ", "")}`), phrase);
  }
});

Deno.test("phrases of colours are of the usual emoji alone, where it is in its own colours", () => {
  const apple = names.findIndex(({ name }) => name === "apple");
  assert(draw(twemoji, 300, 0, apple).includes("a flat icon of a red apple"));
  assert(!draw(lithograph, 300, 0, apple).some((caption) => caption.includes("red")));
  const green = catalog.pictures.find(({ id }) => id === "twemoji:green-apple")!;
  const description = { thing: { picture: green }, behind: { kind: "white" }, bleed: false } as const;
  const generator = new Draw(new Generator(0));
  for (let i = 0; i < 300; i++) assert(!captionOf(catalog, description, generator).includes("red"));
});

Deno.test("words before a noun take its article", () => {
  assertEquals(withWords("an apple", ["red"]), "a red apple");
  assertEquals(withWords("a cat", ["orange"]), "an orange cat");
  assertEquals(withWords("the sun", ["small", "blue"]), "the small blue sun");
  assertEquals(withWords("a house", ["upside down"]), "an upside down house");
  assertEquals(withWords("people around a campfire", ["small"]), "small people around a campfire");
  assertEquals(withWords("an apple", []), "an apple");
});

Deno.test("held out is about one pair in ten, and no name has fewer than four styles left", () => {
  const ids = styles.map(({ id }) => id);
  const held = names.map(({ name }) => heldOutStyles(name, ids));
  const share = held.reduce((sum, { size }) => sum + size, 0) / (names.length * ids.length);
  assert(share > 0.07 && share < 0.13, `${share}`);
  // Over many names, as the longer list has them, the share comes near to one in ten.
  const many = Array.from({ length: 3000 }, (_, i) => heldOutStyles(`name ${i}`, ids).size);
  assert(Math.abs(many.reduce((a, b) => a + b) / (3000 * ids.length) - 0.1) < 0.01);
  for (let i = 0; i < 3000; i++) assert(heldOutStyles(`name ${i}`, ids.slice(0, 4)).size === 0);
  for (let i = 0; i < 3000; i++) assert(heldOutStyles(`name ${i}`, ids.slice(0, 5)).size <= 1);
});

Deno.test("a tenth of a name's other pictures is held out, in all styles alike, and every other pair keeps one", () => {
  for (const [number, { name }] of names.entries()) {
    const pictures = catalog.pictures.filter((picture) => picture.name === number);
    const holdable = pictures.map(({ id, style }) => ({ id, style: styles[style].id }));
    const held = holdOut(name, holdable);
    assertEquals(holdOut(name, holdable.toReversed()), held.toReversed());
    for (const [i, { id, style }] of holdable.entries()) {
      const others = holdable.keys().filter((n) => holdable[n].id === id);
      if (held[i]) assert(others.every((n) => held[n]), `${name} ${id}`);
      const pair = [...holdable.keys()].filter((n) => holdable[n].style === style);
      if (held[i] === "pair") assert(pair.every((n) => held[n] === "pair"));
    }
  }
  const count = (kind: unknown) => catalog.pictures.filter(({ heldOut }) => heldOut === kind).length;
  const share = count("picture") / (catalog.pictures.length - count("pair"));
  assert(share > 0.07 && share < 0.12, `${share}`);
});

Deno.test("a tenth of the pairs of names is never seen together, whichever is named first", () => {
  let held = 0;
  for (const [i, { name: a }] of names.entries()) {
    for (const { name: b } of names.slice(i + 1)) {
      assertEquals(isHeldOutTogether(a, b), isHeldOutTogether(b, a));
      if (isHeldOutTogether(a, b)) held++;
    }
  }
  const share = held / (names.length * (names.length - 1) / 2);
  assert(Math.abs(share - 0.1) < 0.02, `${share}`);
});

Deno.test("what the report draws is trained: its names in the styles of plain prompts, paintings, photos and prints", () => {
  for (const [name, { name: what }] of names.slice(0, 16).entries()) {
    for (const style of [noto, number("fluent-emoji"), lithograph]) {
      const pictures = catalog.pictures.filter((picture) => picture.name === name && picture.style === style);
      assert(
        pictures.length === 0 || pictures.some(({ heldOut }) => !heldOut),
        `${what} in ${styles[style].id}`,
      );
    }
  }
});

Deno.test("what is held out of a name does not depend on the other names, or on the order of styles", () => {
  const ids = styles.map(({ id }) => id);
  for (const { name } of names) {
    assertEquals([...heldOutStyles(name, ids)].sort(), [...heldOutStyles(name, [...ids].reverse())].sort());
  }
});

Deno.test("the report's names are there, first, each with the words of its prompt", () => {
  const phrases = names.slice(0, 16).flatMap((name) => [name.name, ...name.phrases]);
  for (
    const prompt of [
      "rocket ship",
      "man wearing a hat",
      "snowy mountain village",
      "old man",
      "people around a campfire",
      "waterfalls",
      "skull",
      "dog",
      "starry sky",
      "easter island moai",
      "forest",
      "latte",
      "tower",
      "cat",
      "pencil",
    ]
  ) {
    assert(phrases.includes(prompt), prompt);
  }
});

Deno.test("no phrase means two names, and no style phrase two styles", () => {
  const all = names.flatMap(({ phrases, looks }) => [...phrases, ...looks]);
  assertEquals(all.filter((phrase, i) => all.indexOf(phrase) !== i), []);
  const ofStyles = styles.flatMap(({ phrases, bleed }) => [...phrases, ...bleed?.phrases ?? []]);
  assertEquals(new Set(ofStyles).size, ofStyles.length);
});
