/** The guides: the markdown pages in `docs/`, and the programs in `examples/`. */
import { headingId, markdownHtml } from "./markdown_html.ts";

/** A guide. */
export interface Guide {
  /** Its name in addresses. */
  readonly slug: string;
  /** Its heading. */
  readonly title: string;
  /** What it is about, in a sentence. */
  readonly summary: string;
  /** The rest, as HTML. */
  readonly html: string;
}

/** The guides in the order in which they are listed, with what each is about. */
const summaries: Readonly<Record<string, string>> = {
  "text-to-image": "Prompts, both stages, image to image and inpainting, and the models that ship.",
  "effects": "Anagrams, hybrids and interpolation, and how to write an effect of your own.",
  "samplers": "All samplers, with papers and costs, and what a scheduler's configuration means.",
  "train-your-own": "Recipes, data and evaluation, and networks from scratch.",
  "operators": "Every operator, its gradient and where it was tried; optimisers and dropout.",
  "fine-tuning": "LoRA, DreamBooth and textual inversion: a model learns a subject of yours from ten images.",
  "deepfloyd-and-cuda": "Large checkpoints from the hub, half precision, memory, and GPUs.",
  "browser": "Sampling and training in a tab, from a static page.",
  "gallery": "The report, this website, its API, and how to run it as a server.",
  "fleet": "Workers on other machines, and a queue in Redis.",
  "cli": "Every task and its options.",
  "permissions": "What each task is allowed to do.",
  "architecture": "How the library works inside, and where to find things.",
  "figures": "Accuracy, speed and memory, as measured.",
};

const EXAMPLES = "examples";
const root = new URL("../", import.meta.url);
const known = new Map<string, Promise<Guide>>();

/** All guides, the examples last. */
export async function guides(): Promise<Guide[]> {
  const all = await Promise.all([...Object.keys(summaries), EXAMPLES].map(guide));
  return all.filter((found) => found !== undefined);
}

/** A guide; undefined if there is none of that name. */
export async function guide(slug: string): Promise<Guide | undefined> {
  if (!Object.hasOwn(summaries, slug) && slug !== EXAMPLES) return undefined;
  const page = known.get(slug) ?? (slug === EXAMPLES ? readExamples() : readGuide(slug));
  known.set(slug, page);
  page.catch(() => known.delete(slug));
  return await page;
}

async function readGuide(slug: string): Promise<Guide> {
  const text = await Deno.readTextFile(new URL(`docs/${slug}.md`, root));
  const [, title, body] = /^# (.+)\n([^]*)$/.exec(text)!;
  return {
    slug,
    title,
    summary: summaries[slug],
    html: await markdownHtml(body, { link: addressOf, image: servedAt }),
  };
}

/** The address of a picture in `static/`. */
function servedAt(href: string): string {
  return href.replace(/^\.\.\/static(?=\/)/, "");
}

/** Every example with its header. */
async function readExamples(): Promise<Guide> {
  const folder = new URL("examples/", root);
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  const parts = names.filter((name) => /\.(ts|html)$/.test(name)).sort().map(async (name) => {
    const { header, program, language } = exampleOf(await Deno.readTextFile(new URL(name, folder)));
    return `## ${name}\n\n${header}\n\n\`\`\`${language}\n${program}\`\`\`\n`;
  });
  const html = await markdownHtml((await Promise.all(parts)).join("\n"));
  return {
    slug: EXAMPLES,
    title: "Examples",
    summary: "Short programs that use the library, ready to run.",
    html,
  };
}

/** A program, or a page with a comment after its first line, split into parts. */
function exampleOf(code: string): { header: string; program: string; language: string } {
  const [, doctype, comment, page] = /^(<!DOCTYPE html>\n)<!-- ([^]*?) -->\n([^]*)$/.exec(code) ?? [];
  if (doctype) return { header: comment, program: doctype + page, language: "html" };
  const [, header, program] = /^\/\*\*\n([^]*?) \*\/\n([^]*)$/.exec(code)!;
  return { header: header.replaceAll(/^ \* ?/gm, ""), program, language: "ts" };
}

/** The address of a guide's link on this site; files only in the repository have none. */
function addressOf(href: string): string | undefined {
  if (/^(https?:|#)/.test(href)) return href;
  const [, guide, anchor = ""] = /^([\w-]+)\.md(#.*)?$/.exec(href) ?? [];
  if (guide !== undefined) return `/docs/${guide}${anchor}`;
  const [, model] = /^\.\.\/models\/([\w.-]+)\/README\.md$/.exec(href) ?? [];
  if (model !== undefined) return `/models/${model}`;
  const [, example] = /^\.\.\/examples(?:\/(.+))?$/.exec(href) ?? [];
  if (href.startsWith("../examples")) return `/docs/examples${example ? `#${headingId(example)}` : ""}`;
  return undefined;
}
