import { assertEquals, assertRejects } from "@std/assert";
import { CheckpointError } from "../../lib/checkpoints/error.ts";
import {
  editDistance,
  type ModelVocabulary,
  readVocabulary,
  searchVocabulary,
  unknownWords,
  wordsOf,
} from "../../lib/models/vocabulary.ts";
import { temporaryFolder } from "./checkpoints.ts";

const vocabulary: ModelVocabulary = {
  words: ["a", "dog", "lithograph", "mountain", "of", "oil", "painting", "puppy", "rocket", "ship"],
  names: [
    { name: "rocket ship", phrases: ["a rocket ship", "a rocket"], keywords: ["launch", "space"] },
    { name: "dog", phrases: ["a dog", "a puppy"], keywords: ["animal"] },
    { name: "mountain", phrases: ["a mountain"], keywords: ["cold"] },
  ],
  styles: [
    { id: "noto", phrases: ["an oil painting of"] },
    { id: "fluent-emoji-high-contrast", phrases: ["a lithograph of"] },
  ],
  related: { wolf: ["dog"], space: ["mountain"] },
};

Deno.test("a prompt of known words has no unknown ones; words that say little do not count", () => {
  assertEquals(unknownWords(vocabulary, "An oil painting of the dog, on a Rocket-ship!"), []);
  assertEquals(unknownWords(vocabulary, ""), []);
});

Deno.test("unknown words have what is spelt nearly alike, then what has to do with them", () => {
  assertEquals(unknownWords(vocabulary, "a roket and two dogs near a MOUNTIAN"), [
    { word: "roket", nearest: ["rocket"] },
    { word: "dogs", nearest: ["dog"] },
    { word: "mountian", nearest: ["mountain"] },
  ]);
  assertEquals(unknownWords(vocabulary, "a wolf in space"), [
    { word: "wolf", nearest: ["dog"] },
    { word: "space", nearest: ["rocket ship", "mountain"] },
  ]);
});

Deno.test("each unknown word is told once, and those with nothing near too", () => {
  assertEquals(unknownWords(vocabulary, "zzz constructor __proto__ zzz"), [
    { word: "zzz", nearest: [] },
    { word: "constructor", nearest: [] },
    { word: "proto", nearest: [] },
  ]);
});

Deno.test("short words are not like others", () => {
  assertEquals(unknownWords(vocabulary, "owl"), [{ word: "owl", nearest: [] }]); // not oil
});

Deno.test("the words of a text are its letters and digits, in any alphabet", () => {
  assertEquals(wordsOf("Käse-Brot, 3D! 漢字"), ["käse", "brot", "3d", "漢字"]);
  assertEquals(wordsOf("..."), []);
});

Deno.test("the edit distance counts letters put in, left out, changed and exchanged", () => {
  for (
    const [a, b, distance] of [
      ["", "", 0],
      ["", "abc", 3],
      ["dog", "dog", 0],
      ["dogs", "dog", 1],
      ["dog", "dig", 1],
      ["mountian", "mountain", 1],
      ["kitten", "sitting", 3],
      ["flaw", "lawn", 2],
    ] as const
  ) {
    assertEquals(editDistance(a, b), distance, `${a} ${b}`);
    assertEquals(editDistance(b, a), distance, `${b} ${a}`);
  }
});

Deno.test("a search finds the beginnings of words in phrases and keywords", () => {
  const names = (word: string) => searchVocabulary(vocabulary, word).names.map(({ name }) => name);
  assertEquals(names("rock"), ["rocket ship"]);
  assertEquals(names("animal"), ["dog"]);
  assertEquals(names("ship rocket"), ["rocket ship"]);
  assertEquals(searchVocabulary(vocabulary, "lith").styles.map(({ id }) => id), [
    "fluent-emoji-high-contrast",
  ]);
  assertEquals(searchVocabulary(vocabulary, "wolf"), { names: [], styles: [], others: [], nearest: ["dog"] });
  assertEquals(searchVocabulary(vocabulary, "!"), { names: [], styles: [], others: [], nearest: [] });
});

Deno.test("a search finds colours and grounds, by their kinds", () => {
  const others = [{ kind: "colours", phrases: ["red", "blue"] }, { kind: "grounds", phrases: ["at night"] }];
  const found = searchVocabulary({ ...vocabulary, others }, "night");
  assertEquals(found, { names: [], styles: [], others: [others[1]], nearest: [] });
  assertEquals(searchVocabulary({ ...vocabulary, others }, "re").others, [{
    kind: "colours",
    phrases: ["red"],
  }]);
});

Deno.test("a vocabulary's file is read, may be missing, and is refused where it is damaged", async () => {
  await using folder = await temporaryFolder();
  assertEquals(await readVocabulary(folder.path), undefined);
  const path = `${folder.path}/vocabulary.json`;
  await Deno.writeTextFile(path, JSON.stringify(vocabulary));
  assertEquals(await readVocabulary(folder.path), vocabulary);
  const damaged: [object, string][] = [
    [{ ...vocabulary, words: [1] }, "words is no list of texts"],
    [{ ...vocabulary, names: [{ name: "dog" }] }, "names is no list of names with phrases and keywords"],
    [{ ...vocabulary, styles: [null] }, "styles is no list of styles with phrases"],
    [{ ...vocabulary, others: [{ kind: "colours" }] }, "others is no list of kinds with phrases"],
    [{ ...vocabulary, related: { wolf: "dog" } }, "related is no list of names by word"],
  ];
  for (const [values, message] of damaged) {
    await Deno.writeTextFile(path, JSON.stringify(values));
    await assertRejects(() => readVocabulary(folder.path), CheckpointError, message);
  }
  await Deno.writeTextFile(path, "{");
  await assertRejects(() => readVocabulary(folder.path), CheckpointError, "not valid JSON");
});
