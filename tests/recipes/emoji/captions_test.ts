import { assert, assertEquals } from "@std/assert";
import { Generator } from "../../../lib/random.ts";
import {
  bareStyle,
  captionOf,
  genericCaptions,
  trainingCaption,
} from "../../../recipes/data/emoji/captions.ts";
import { heldOutStyles } from "../../../recipes/data/emoji/held_out.ts";
import { names } from "../../../recipes/data/emoji/names.ts";
import { styles } from "../../../recipes/data/emoji/styles.ts";

const set = {
  names: names.map(({ name, phrases }) => ({
    name,
    phrases,
    keywords: name === "rocket ship" ? ["space"] : [],
  })),
  styles: styles.map(({ id, version, phrases, plain, generic }) => ({
    id,
    package: `${id}@${version}`,
    phrases,
    plain,
    generic,
  })),
};
const noto = styles.findIndex(({ id }) => id === "noto");
const twemoji = styles.findIndex(({ id }) => id === "twemoji");
const rocket = names.findIndex(({ name }) => name === "rocket ship");

function draw(style: number, count: number, seed = 0): string[] {
  const generator = new Generator(seed);
  const entry = { name: rocket, style, heldOut: false };
  return Array.from({ length: count }, () => captionOf(set, entry, generator));
}

Deno.test("captions are those of the generator's seed", () => {
  assertEquals(draw(noto, 50, 7), draw(noto, 50, 7));
  assert(draw(noto, 50, 7).join() !== draw(noto, 50, 8).join());
});

Deno.test("one caption in twenty names nothing or the style alone", () => {
  const captions = draw(twemoji, 8000);
  const bare = styles[twemoji].phrases.map(bareStyle);
  const generic = captions.filter((caption) => genericCaptions.includes(caption)).length;
  const styleAlone = captions.filter((caption) => bare.includes(caption)).length;
  // Five standard deviations of 8,000 draws around 0.025.
  for (const count of [generic, styleAlone]) assert(Math.abs(count / 8000 - 0.025) < 0.009, `${count}`);
});

Deno.test("what a network is shown names nothing in photos alone, at their share", () => {
  for (const [style, { phrases, generic }] of styles.entries()) {
    const generator = new Generator(1);
    const entry = { name: rocket, style, heldOut: false };
    const captions = Array.from({ length: 4000 }, () => trainingCaption(set, entry, generator));
    const bare = phrases.map(bareStyle);
    const nothing = captions.filter((caption) => genericCaptions.includes(caption)).length / 4000;
    const styleAlone = captions.filter((caption) => bare.includes(caption)).length / 4000;
    assertEquals(generic > 0, phrases[0] === "a photo of");
    // Five standard deviations of 4,000 draws.
    assert(Math.abs(nothing - generic) <= 5 * Math.sqrt(generic * (1 - generic) / 4000), `${nothing}`);
    assert(Math.abs(styleAlone - 0.05 * (1 - generic)) < 0.018, `${styleAlone}`);
  }
});

Deno.test("plain captions come from the default styles alone, at their share", () => {
  const phrases = styles.flatMap((style) => style.phrases.map(bareStyle));
  const plain = (style: number) =>
    draw(style, 4000).filter((caption) => {
      return !genericCaptions.includes(caption) && !phrases.some((phrase) => caption.startsWith(phrase));
    }).length / 4000;
  assertEquals(plain(twemoji), 0);
  assert(Math.abs(plain(noto) - 0.95 * styles[noto].plain) < 0.04, `${plain(noto)}`);
});

Deno.test("captions name the thing by its phrases, with and without articles, and a keyword now and then", () => {
  const captions = draw(twemoji, 2000);
  for (const phrase of names[rocket].phrases) {
    assert(captions.includes(`a flat icon of ${phrase}`), phrase);
    assert(captions.includes(`an icon of ${phrase.replace("a ", "")}`), phrase);
  }
  assert(captions.includes("a flat icon of a rocket ship, space"));
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
  const all = names.flatMap(({ phrases }) => phrases);
  assertEquals(all.filter((phrase, i) => all.indexOf(phrase) !== i), []);
  const ofStyles = styles.flatMap(({ phrases }) => phrases);
  assertEquals(new Set(ofStyles).size, ofStyles.length);
});
