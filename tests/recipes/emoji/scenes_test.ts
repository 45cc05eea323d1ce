import { assert, assertEquals } from "@std/assert";
import { Generator } from "../../../lib/random.ts";
import {
  captionOf,
  relationPhrases,
  sizeWords,
  trainingCaption,
} from "../../../recipes/data/emoji/captions.ts";
import { openCatalog } from "../../../recipes/data/emoji/catalog.ts";
import {
  colourDistance,
  colours,
  colourWords,
  css,
  groundColours,
  type Rgb,
} from "../../../recipes/data/emoji/colours.ts";
import { compose } from "../../../recipes/data/emoji/compose.ts";
import type { Description, Thing } from "../../../recipes/data/emoji/describe.ts";
import { grounds } from "../../../recipes/data/emoji/grounds.ts";
import { isHeldOutColour, isHeldOutTogether } from "../../../recipes/data/emoji/held_out.ts";
import { chooseNames, withoutArticle } from "../../../recipes/data/emoji/names.ts";
import { proportions } from "../../../recipes/data/emoji/proportions.ts";
import { Scenes } from "../../../recipes/data/emoji/scenes.ts";
import { styles } from "../../../recipes/data/emoji/styles.ts";
import { Draw } from "../../../recipes/data/scene/draw.ts";
import { raster } from "../../../recipes/data/scene/raster.ts";
import { sceneSvg } from "../../../recipes/data/scene/scene.ts";
import { unmeasuredCatalog } from "./unmeasured_catalog.ts";

const catalog = await unmeasuredCatalog(78);
const small = await openCatalog({ names: chooseNames(["rocket ship", "cat", "starry sky", "house"]) });

function* described(count: number, part: "training" | "heldOut" = "training", seed = 0) {
  const scenes = new Scenes(catalog, part);
  const draw = new Draw(new Generator(seed));
  for (let i = 0; i < count; i++) {
    const description = scenes.describe(draw.generator.randomInt(scenes.count), draw);
    yield { description, draw };
  }
}

/** The name of a thing. */
const nameOf = ({ picture }: Thing) => catalog.names[picture.name];

/** Whether a caption says a thing by one of its phrases, with its words before it. */
function says(caption: string, thing: Thing): boolean {
  const { phrases, looks } = nameOf(thing);
  const words = [
    thing.size ? `(${sizeWords[thing.size].join("|")})` : "",
    thing.upsideDown ? "upside down" : "",
    thing.colour ?? "",
  ].filter(Boolean);
  return [...phrases, ...looks].some((phrase) =>
    new RegExp(`(^|[ ])${[...words, withoutArticle(phrase)].join(" ")}($|[ ,])`).test(caption)
  );
}

Deno.test("a caption says every thing with its colour and size, how they stand, and the ground; and no more", () => {
  const styleWords = styles.flatMap(({ phrases, bleed }) => [...phrases, ...bleed?.phrases ?? []]);
  for (const { description, draw } of described(6000)) {
    const { thing, other, behind, bleed } = description;
    const whole = captionOf(catalog, description, draw);
    const style = styles[thing.picture.style];
    const own = bleed ? style.bleed!.phrases : style.phrases;
    const before = styleWords.filter((phrase) =>
      whole.startsWith(`${phrase} `)
    ).sort((a, b) => b.length - a.length)[0];
    if (own.some((phrase) => whole === phrase.replace(/ of$/, ""))) continue;
    assert(before ? own.includes(before) : !bleed && style.plain > 0, `${style.id}: ${whole}`);
    const caption = before ? whole.slice(before.length + 1) : whole;
    assert(says(caption, thing), `${nameOf(thing).name}: ${whole}`);
    if (other) {
      assert(says(caption, other.thing), `${nameOf(other.thing).name}: ${whole}`);
      const between = relationPhrases[other.relation].map((phrase) =>
        phrase.split(/[AB]/).filter((part) => part.trim())
      );
      assert(between.some((parts) => parts.every((part) => caption.includes(part.trim()))), whole);
    }
    if (behind.kind === "plain") assert(caption.includes(` ${behind.colour}`), whole);
    if (behind.kind === "drawn") {
      const { phrases } = grounds[behind.ground];
      assert(phrases.some((phrase) => caption.endsWith(` ${phrase}`)), whole);
    } else {
      for (const { phrases } of Object.values(grounds)) {
        const ownWords = nameOf(other?.thing ?? thing).phrases.some((own) =>
          caption.endsWith(withoutArticle(own))
        );
        assert(ownWords || !phrases.some((phrase) => caption.endsWith(` ${phrase}`)), whole);
      }
    }
    const said = [thing, other?.thing].map((one) => one?.colour);
    const named = [thing, ...other ? [other.thing] : []].flatMap((one) => nameOf(one).looks).join(" ");
    for (const word of colourWords) {
      const expected = said.includes(word) || (behind.kind === "plain" && behind.colour === word);
      if (caption.split(" ").includes(word) && !named.includes(word)) assert(expected, `${word}: ${whole}`);
    }
  }
});

Deno.test("a plain picture is one thing in the middle of white, and its caption names no ground", () => {
  let plain = 0;
  for (const { description, draw } of described(2000)) {
    const { thing, other, behind, bleed } = description;
    if (other || bleed || behind.kind !== "white" || thing.size) continue;
    const { ground, parts } = compose(catalog, description, draw);
    assertEquals(ground, "");
    assertEquals(parts.length, 1);
    const [{ x, y, size }] = parts;
    assert(
      Math.abs(x - 0.5) <= 0.03 && Math.abs(y - 0.5) <= 0.03 && size > 0.7 && size < 1,
      `${x} ${y} ${size}`,
    );
    plain++;
  }
  assert(plain > 700, `${plain}`);
});

Deno.test("what a caption says of places is so in the scene", () => {
  const seen = new Set<string>();
  for (const { description, draw } of described(8000)) {
    const { thing, other, behind, bleed } = description;
    const { ground = "", parts } = compose(catalog, description, draw);
    if (behind.kind === "plain" && !bleed) {
      assert(ground.includes(css(groundColours[behind.colour])), ground);
      seen.add("plain");
    }
    for (const part of parts) assert(part.size > 0.25 && part.size < 1.2, `${part.size}`);
    if (!other) {
      const { size, turn = 0 } = parts[0];
      if (thing.size) seen.add(thing.size);
      if (thing.size === "small") assert(size < 0.5);
      if (thing.size === "big") assert(size > 0.95);
      assertEquals(Math.abs(turn) > 90, thing.upsideDown === true);
      continue;
    }
    // What is drawn last is before the other.
    const [a, b] = other.relation === "behind" ? parts : parts.toReversed();
    if (!thing.colour) assertEquals(a.icon, thing.picture.drawing);
    seen.add(other.relation);
    const told = thing.size ?? other.thing.size;
    const smaller = (told === "small") === (thing.size !== undefined);
    if (told && ["beside", "left", "right"].includes(other.relation)) assertEquals(a.size < b.size, smaller);
    if (told) continue;
    if (other.relation === "left") assert(a.x + 0.2 < b.x);
    if (other.relation === "right") assert(a.x > b.x + 0.2);
    if (other.relation === "on" || other.relation === "above") assert(a.y + 0.2 < b.y);
    if (other.relation === "under") assert(a.y > b.y + 0.2);
    if (other.relation === "far") assert(a.size > 1.4 * b.size);
    if (other.relation === "front") assert(a.size < b.size);
    if (other.relation === "behind") assert(a.size > b.size);
  }
  for (const relation of Object.keys(proportions.relation)) assert(seen.has(relation), relation);
  for (const word of ["plain", "small", "big"]) assert(seen.has(word), word);
});

Deno.test("what is held out is never drawn in training, and nothing else where it is asked for", () => {
  const check = ({ thing, other }: Description, training: boolean) => {
    const things = other ? [thing, other.thing] : [thing];
    for (const { picture, colour } of things) {
      assertEquals(picture.heldOut === false, training);
      const { name } = catalog.names[picture.name];
      if (training && colour) assert(!isHeldOutColour(name, colour), `${colour} ${name}`);
    }
    if (training && other) assert(!isHeldOutTogether(nameOf(thing).name, nameOf(other.thing).name));
  };
  for (const { description } of described(6000)) check(description, true);
  for (const { description } of described(1000, "heldOut")) check(description, false);
});

Deno.test("things that stand together are of one style", () => {
  for (const { description: { thing, other } } of described(3000)) {
    if (!other) continue;
    assertEquals(other.thing.picture.style, thing.picture.style);
    assert(other.thing.picture.name !== thing.picture.name);
  }
});

Deno.test("about half of the pictures are of one thing in the middle, and a share of them has two things, colours, grounds", () => {
  const count = { other: 0, colour: 0, plain: 0, drawn: 0 };
  for (const { description: { thing, other, behind } } of described(6000)) {
    if (other) count.other++;
    if (thing.colour) count.colour++;
    if (behind.kind !== "white") count[behind.kind]++;
  }
  const near = (found: number, expected: number) =>
    assert(Math.abs(found / 6000 - expected) < 0.05, `${found}`);
  const { composed, centred, thing } = proportions;
  near(count.other, (1 - centred) * composed.two);
  near(count.colour, (1 - centred) * thing.colour * 0.75); // not in styles that have their own
  near(count.drawn, (1 - centred) * composed.ground.drawn);
  near(count.plain, (1 - centred) * composed.ground.plain);
});

Deno.test("the same seed gives the same pictures and captions, whatever is drawn beside them; another seed others", async () => {
  const scenes = new Scenes(small);
  const draw = async (seed: number, count: number) => {
    const generator = new Generator(seed);
    return await Promise.all(
      Array.from({ length: count }, (_, i) => scenes.draw(i % scenes.count, 16, generator)),
    );
  };
  const [first, again] = [await draw(3, 24), await draw(3, 24)];
  assertEquals(first, again);
  assertEquals(await draw(3, 12), first.slice(0, 12));
  const other = await draw(4, 24);
  assert(other.filter(({ caption }, i) => caption === first[i].caption).length < 12);
  assertEquals(new Scenes(small).fingerprint, scenes.fingerprint);
  assert(scenes.fingerprint !== new Scenes(small, "heldOut").fingerprint);
});

Deno.test("a plain picture's corners are white; a painting has none that is; at night it is dark", async () => {
  const rocket = small.pictures.find(({ id }) => id === "noto:rocket")!;
  const corners = async (description: Description) => {
    const draw = new Draw(new Generator(1));
    const image = await raster(sceneSvg(compose(small, description, draw), 32), 32);
    return [0, 31, 31 * 32, 1023].map((i) => [0, 1, 2].map((c) => image[c * 1024 + i]));
  };
  const thing = { picture: rocket };
  const white = { thing, behind: { kind: "white" }, bleed: false } as const;
  assertEquals(await corners(white), Array(4).fill([255, 255, 255]));
  for (const corner of await corners({ ...white, bleed: true })) {
    assert(Math.min(...corner) < 235, `${corner}`);
  }
  const night = await corners({ ...white, behind: { kind: "drawn", ground: "night" } });
  assert(night.filter((corner) => Math.max(...corner) < 130).length >= 3, `${night}`);
});

Deno.test("a thing in a colour has that colour, whatever its own was", async () => {
  for (const name of ["rocket ship", "cat", "house"]) {
    const number = small.names.findIndex((one) => one.name === name);
    const picture = small.pictures.find((one) =>
      one.name === number && small.styles[one.style].id === "twemoji"
    )!;
    for (const colour of colourWords) {
      const description = { thing: { picture, colour }, behind: { kind: "white" }, bleed: false } as const;
      const image = await raster(sceneSvg(compose(small, description, new Draw(new Generator(0))), 48), 48);
      const sum = [0, 0, 0];
      for (let i = 0; i < 48 * 48; i++) {
        const rgb = [0, 1, 2].map((c) => image[c * 48 * 48 + i]);
        if (rgb.every((value) => value > 245)) continue;
        rgb.forEach((value, c) => sum[c] += value);
      }
      const hue = (rgb: readonly number[]): Rgb => {
        const most = Math.max(...rgb);
        return rgb.map((value) => 255 * value / most) as unknown as Rgb;
      };
      const far = colourDistance(hue(sum), hue(colours[colour]));
      assert(far < 0.22, `${colour} ${name}: ${far}`);
    }
  }
});

Deno.test("generic captions are of simple photos alone, at their share", () => {
  let [generic, simple] = [0, 0];
  for (const { description, draw } of described(12000)) {
    const caption = trainingCaption(catalog, description, draw);
    const { thing, other, behind, bleed } = description;
    const style = styles[thing.picture.style];
    const plain = !other && behind.kind === "white" && !thing.colour && !thing.size && !thing.upsideDown;
    if (style.id === "fluent-emoji" && bleed && plain) simple++;
    if (!caption.startsWith("a high quality")) continue;
    assert(style.id === "fluent-emoji" && bleed && plain, caption);
    generic++;
  }
  const { generic: share } = styles.find(({ id }) => id === "fluent-emoji")!;
  assert(Math.abs(generic / simple - share) < 0.08, `${generic} of ${simple}`);
});
