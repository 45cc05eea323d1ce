import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { findPictures } from "../../../recipes/data/emoji/catalog.ts";
import { iconTable } from "../../../recipes/data/emoji/icon_table.ts";
import { openIconSets } from "../../../recipes/data/emoji/icons.ts";
import { measure } from "../../../recipes/data/emoji/measure.ts";
import { measured } from "../../../recipes/data/emoji/measured.ts";
import { chooseNames, listLengths, namesOfList } from "../../../recipes/data/emoji/names.ts";
import { emojiNamed, packages } from "../../../recipes/data/emoji/packages.ts";
import { packagesOf, styles } from "../../../recipes/data/emoji/styles.ts";

const sets = await openIconSets();
const all = namesOfList(300);

Deno.test("every icon of the table is in its package, and every name of it in the list", () => {
  const names = new Set(all.map(({ name }) => name));
  for (const [name, icons] of Object.entries(iconTable)) {
    assert(names.has(name), name);
    for (const [id, list] of Object.entries(icons)) {
      assert(!emojiNamed.has(id), id);
      const set = sets.find(({ source }) => source.id === id)!;
      for (const icon of list.split(" ")) assert(set.has(icon), `${name}: ${id} has no ${icon}`);
    }
  }
});

Deno.test("every other emoji of a name is in some set", () => {
  for (const { name, others } of all) {
    for (const icon of others) {
      assert(sets.some((set) => emojiNamed.has(set.source.id) && set.has(icon)), `${name}: ${icon}`);
    }
  }
});

Deno.test("the lists are as long as they say, each begins with the shorter ones, and no name or phrase stands twice", () => {
  for (const length of listLengths) {
    assertEquals(namesOfList(length).length, length);
    assertEquals(namesOfList(length), all.slice(0, length));
  }
  const names = all.map(({ name }) => name);
  assertEquals(names.filter((name, i) => names.indexOf(name) !== i), []);
  const phrases = all.flatMap(({ phrases, looks }) => [...phrases, ...looks]);
  assertEquals(phrases.filter((phrase, i) => phrases.indexOf(phrase) !== i), []);
  for (const { phrases } of all) assert(phrases.length > 0);
});

Deno.test("every name is drawn in at least five styles, and the 78 in eight", () => {
  for (const [i, name] of all.entries()) {
    const found = styles.filter((style) => findPictures(name, style, sets).length > 0).length;
    assert(found >= (i < 78 ? 8 : 5), `${name.name} in ${found} styles`);
  }
});

Deno.test("the pictures of a name are of icons of their own", () => {
  for (const name of all) {
    for (const style of styles) {
      const ids = findPictures(name, style, sets).map(({ id }) => id);
      assertEquals(new Set(ids).size, ids.length, name.name);
    }
  }
});

Deno.test("names are asked for by themselves or by how many", () => {
  assertEquals(chooseNames(["150"]), namesOfList(150));
  assertEquals(chooseNames(["cat", "rocket ship"]).map(({ name }) => name), ["cat", "rocket ship"]);
  assertThrows(
    () => chooseNames(["qwerty"]),
    RangeError,
    'names: "qwerty" where 78, 150, 300 or one of the 300',
  );
});

Deno.test("packages have licences without share-alike, and NOTICE names each", async () => {
  assertEquals(packagesOf(styles), [...packages]); // none is there for nothing
  const notice = await Deno.readTextFile("NOTICE");
  const allowed = ["MIT", "Apache-2.0", "ISC", "CC-BY-3.0", "CC-BY-4.0"];
  for (const { id, licence } of packages) {
    assert(allowed.includes(licence), `${id}: ${licence}`);
    assert(new RegExp(`\\b${id}\\b`).test(notice), `NOTICE does not name ${id}`);
    const url = new URL(import.meta.resolve(`@iconify-json/${id}/info.json`));
    assertEquals(JSON.parse(await Deno.readTextFile(url)).license.spdx, licence, id);
  }
});

Deno.test("the table of measures has what is measured: every eighth icon, and none that renders is missing", async () => {
  const found = namesOfList(78).flatMap((name) => styles.flatMap((style) => findPictures(name, style, sets)));
  for (const [i, { id, drawing }] of found.entries()) {
    const own = measured(drawing);
    if (!own) await assertRejects(() => measure(drawing), Error, "", `${id}: run deno task data:measures`);
    else if (i % 8 === 0) assertEquals(await measure(drawing), own, `${id}: run deno task data:measures`);
  }
  const [{ drawing }] = found;
  assertEquals(measured({ ...drawing, body: `${drawing.body} ` }), undefined);
});
