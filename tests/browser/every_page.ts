/** All pages of the gallery. */
import type { Page } from "playwright-core";

/** The pages that lead to all others. */
const starts = ["/", "/play", "/models", "/docs"];

/** The tools of the playground that stand for all: each has the form that its section's page has. */
const tools = ["sampling", "drawings", "inpainting", "class-unet"];

/** The paths of all pages that lead on from those of the menu: sections, tools, models, guides. */
export async function everyPath(page: Page): Promise<string[]> {
  const { origin } = new URL(page.url());
  const paths = new Set(starts);
  for (const start of starts) {
    await page.goto(origin + start);
    const links = await page.locator("a[href^='/']").evaluateAll((links) =>
      links.map((link) => link.getAttribute("href")!.replace(/#.*/, ""))
    );
    for (const link of links) {
      const tool = /^\/play\?tool=([\w-]+)$/.exec(link)?.[1];
      if (!/^\/(api|report)\//.test(link) && (tool === undefined || tools.includes(tool))) paths.add(link);
    }
  }
  return [...paths];
}

/** Goes to the end of a page, past everything that comes when it is near, and back; all of it is drawn on the way. */
export async function lookThrough(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight * 0.8) {
      scrollTo({ top, behavior: "instant" });
      // What is near is noticed when a frame is drawn: a busy machine may skip one that only a clock is waited for.
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    }
    scrollTo({ top: 0, behavior: "instant" });
  });
}
