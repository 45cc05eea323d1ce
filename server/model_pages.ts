/** The pages of models: their cards and figures. */
import { join } from "node:path";
import { describeModel, findModel, type ModelDescription } from "../lib/models/mod.ts";
import type { Catalog } from "./catalog.ts";
import { type ImageSize, imageSize } from "./image_size.ts";
import { markdownHtml } from "./markdown_html.ts";

/** A model's page. */
export interface ModelPage {
  /** Its name in addresses. */
  readonly slug: string;
  /** Its name. */
  readonly name: string;
  /** Its description; null if its files have none. */
  readonly description: ModelDescription | null;
  /** Its card as HTML; empty if there is none. */
  readonly card: string;
  /** The picture on its card that shows what it does, if it has one: its address, and its size in pixels where the file says it. */
  readonly picture?: { readonly src: string } & Partial<ImageSize>;
}

const IMAGE = /^[\w.-]+\.(png|svg|gif)$/;
const known = new Map<string, Promise<ModelPage>>();

/** The models that have pages: the available ones and the classifier. */
export async function modelNames(
  catalog: Catalog,
): Promise<{ readonly slug: string; readonly name: string }[]> {
  const names = (await catalog.models()).map(({ name }) => name);
  return names.map((name) => ({ slug: slugOf(name), name }));
}

/** A model's page; undefined if there is no such model. */
export async function modelPage(catalog: Catalog, slug: string): Promise<ModelPage | undefined> {
  const found = (await modelNames(catalog)).find((model) => model.slug === slug);
  if (!found) return undefined;
  const page = known.get(slug) ?? readPage(found.name, slug);
  known.set(slug, page);
  page.catch(() => known.delete(slug));
  return await page;
}

/** A picture of a model's card; undefined if there is none. */
export async function cardPicture(
  catalog: Catalog,
  slug: string,
  file: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const found = (await modelNames(catalog)).find((model) => model.slug === slug);
  if (!found || !IMAGE.test(file)) return undefined;
  return await Deno.readFile(join(await findModel(found.name), file)).catch(() => undefined);
}

function slugOf(name: string): string {
  return name.split(/[/\\]/).filter(Boolean).at(-1)!.replaceAll(/[^\w.-]/g, "-");
}

async function readPage(name: string, slug: string): Promise<ModelPage> {
  const folder = await findModel(name);
  const [description, text] = await Promise.all([
    describeModel(name).catch(() => null),
    Deno.readTextFile(join(folder, "README.md")).catch(() => ""),
  ]);
  const body = text.replace(/^---\n[\s\S]*?\n---\n/, "").replace(/^\s*# .*\n/, "");
  // Images are next to the card; other files of the folder have no address.
  const sizes = new Map<string, ImageSize | undefined>();
  for (const [, file] of body.matchAll(/!\[[^\]]*\]\(([\w.-]+)\)/g)) {
    sizes.set(file, await Deno.readFile(join(folder, file)).then(imageSize).catch(() => undefined));
  }
  const card = await markdownHtml(body, {
    size: (file) => sizes.get(file),
    link: (href) => /^(https?:|[/#])/.test(href) ? href : undefined,
    image: (file) => /^[\w.-]+$/.test(file) ? `/models/${slug}/${file}` : file,
  });
  // The samples, or its latest preview.
  const pictures = [...text.matchAll(/!\[[^\]]*\]\(([\w.-]+\.png)\)/g)].map(([, file]) => file);
  const file = pictures.find((picture) => picture === "samples.png") ?? pictures.at(-1);
  return {
    slug,
    name: slug,
    description,
    card,
    picture: file === undefined ? undefined : { src: `/models/${slug}/${file}`, ...sizes.get(file) },
  };
}
