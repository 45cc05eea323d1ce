import { type Catalog, findPictures, type Picture } from "../../../recipes/data/emoji/catalog.ts";
import { holdOut } from "../../../recipes/data/emoji/held_out.ts";
import { openIconSets } from "../../../recipes/data/emoji/icons.ts";
import { type ListLength, namesOfList } from "../../../recipes/data/emoji/names.ts";
import { styles } from "../../../recipes/data/emoji/styles.ts";

const opened = openIconSets();

/** All pictures of a list of names as if each were measured alike: what is described and said needs no drawing. */
export async function unmeasuredCatalog(length: ListLength): Promise<Catalog> {
  const sets = await opened;
  const names = namesOfList(length);
  const measures = {
    box: [0, 0, 1, 1],
    cover: 0.5,
    colour: [120, 90, 60],
    light: 0.4,
    upright: 0.5,
  } as const;
  const pictures = names.flatMap((name, number) => {
    const found = styles.flatMap((style, n) => {
      return findPictures(name, style, sets).map((one) => ({ ...one, style: n, measures }));
    });
    const held = holdOut(name.name, found.map(({ id, style }) => ({ id, style: styles[style].id })));
    return found.map((one, i): Picture => ({ ...one, name: number, heldOut: held[i] }));
  });
  return { names, styles, pictures, skipped: [] };
}
