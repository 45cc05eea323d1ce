/** How pages are laid out and set: measured in a browser, on a phone and on a desk. */
import { assert, assertEquals, assertLess } from "@std/assert";
import type { Page } from "playwright-core";
import { everyPath, lookThrough } from "./every_page.ts";
import { layoutShift } from "./layout_shift.ts";
import { scenariosOn } from "./scenario.ts";
import { setStage, type Stage } from "./stage.ts";

let stage: Stage;
Deno.test.beforeAll(async () => void (stage = await setStage()));
Deno.test.afterAll(async () => await stage[Symbol.asyncDispose]());

const scenario = scenariosOn(() => stage);

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const desk = { viewport: { width: 1440, height: 900 } };

const sectionPaths = async (page: Page) =>
  (await everyPath(page)).filter((path) => path.startsWith("/sections/"));

scenario("the report begins small: elements, figures and fonts come as one scrolls", async (open) => {
  const { page } = await open("/", desk);
  await page.waitForLoadState("networkidle");
  const count = () => page.evaluate(() => document.querySelectorAll("*").length);
  const before = await count();
  assertLess(before, 2500);
  const bytes = await page.evaluate(() =>
    (performance.getEntries() as PerformanceResourceTiming[]).reduce(
      (sum, { transferSize = 0 }) => sum + transferSize,
      0,
    )
  );
  assert(bytes > 50_000, String(bytes));
  assertLess(bytes, 600_000);
  assertEquals(await page.locator("#time-unet .figure").count(), 0);
  await page.locator("#time-unet").scrollIntoViewIfNeeded();
  await page.waitForSelector("#time-unet .figure");
  assert(await count() > before);
});

for (const [name, options] of Object.entries({ phone, desk })) {
  scenario(`the report has its height before one scrolls, and nothing in it moves: ${name}`, async (open) => {
    const { page } = await open("/", options);
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLElement>(".section-text:empty")].every(({ style }) => style.minHeight)
    );
    const measure = () =>
      page.evaluate(() => ({
        height: document.documentElement.scrollHeight,
        tops: [...document.querySelectorAll("article.section")]
          .map((section) => section.getBoundingClientRect().top + scrollY),
      }));
    const before = await measure();
    // Browsers that hold on to what is in sight shall not hide a jump.
    await page.evaluate(() => void (document.documentElement.style.overflowAnchor = "none"));
    await page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" }));
    await page.waitForSelector(".part:last-child .section.whole:last-child .figure");
    const atEnd = await measure();
    await lookThrough(page);
    await page.waitForFunction(() => !document.querySelector(".section-text:empty"));
    const after = await measure();
    assertLess(Math.abs(after.height / before.height - 1), 0.01, `${before.height} ${after.height}`);
    for (const [i, top] of after.tops.entries()) assertLess(Math.abs(top - atEnd.tops[i]), 4, String(i));
  });
}

scenario("previews of the report show whole pictures", async (open) => {
  const { page } = await open("/", desk);
  const { sections } = JSON.parse(
    await Deno.readTextFile(new URL("../../static/report/report.json", import.meta.url)),
  );
  assert(sections.length > 20);
  const previews = await page.locator(".section.brief").evaluateAll((articles) =>
    articles.flatMap((article) => {
      const [preview, image] = [article.querySelector(".preview"), article.querySelector("img")];
      if (!preview || !image) return [];
      const [outer, inner] = [preview.getBoundingClientRect(), image.getBoundingClientRect()];
      const scale = inner.width / Number(image.getAttribute("width"));
      const at = [outer.left - inner.left, outer.top - inner.top].map((length) => length / scale);
      const src = image.getAttribute("src")!;
      return [{ src, window: [...at, at[0] + outer.width / scale, at[1] + outer.height / scale] }];
    })
  );
  assert(previews.length > 8);
  for (const { src, window: [left, top, right, bottom] } of previews) {
    const [, id, file] = /\/report\/([\w-]+)\/([\w.-]+)/.exec(src)!;
    const { figures } = sections.find((section: { id: string }) => section.id === id);
    const figure = figures.find((figure: { file: string }) => figure.file === file);
    for (const { x, y, width, height } of figure.cells) {
      const meets = x < right - 1 && x + width > left + 1 && y < bottom - 1 && y + height > top + 1;
      const inside = x >= left - 1 && x + width <= right + 1 && y >= top - 1 && y + height <= bottom + 1;
      assert(!meets || inside, `${src}: ${[x, y, width, height]} in ${[left, top, right, bottom]}`);
    }
  }
});

/** What nobody sees move. */
const STILL = 0.005;

scenario("pages stand still while they are loaded, on a phone and on a desk", async (open) => {
  const { page } = await open("/about");
  const paths = (await everyPath(page)).filter((path) => !path.startsWith("/docs/"));
  // Fonts are fetched once for all pages: what comes late moves the lines that are set in it.
  for (const _ of [1, 2]) {
    await page.goto(`${stage.address}/sections/iterative`);
    await page.waitForLoadState("networkidle");
  }
  const fetched = await page.evaluate(() =>
    (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
      .filter(({ name }) => name.endsWith(".woff2")).map(({ transferSize }) => transferSize)
  );
  assert(fetched.length >= 4, fetched.join());
  assertEquals(fetched.filter((bytes) => bytes > 0), []);
  for (const { viewport } of [phone, { viewport: { width: 1280, height: 900 } }]) {
    await page.setViewportSize(viewport);
    // Wide, a few pages of each kind do.
    for (const path of viewport.width > 390 ? paths.filter((_, i) => i % 4 === 0) : paths) {
      const shift = async () => {
        await page.goto(stage.address + path);
        await page.waitForLoadState("networkidle");
        return await layoutShift(page);
      };
      // What comes late once, on a busy machine, is what the next test is about.
      const first = await shift();
      assertLess(first < STILL ? first : await shift(), STILL, `${path} ${viewport.width}`);
    }
  }
});

scenario(
  "texts are set in their faces, which come with the page, and hardly move when they are late",
  async (open) => {
    for (const path of ["/", "/sections/one-step", "/docs/samplers"]) {
      for (const options of [phone, desk]) {
        const { page, wrong } = await open("/about", options);
        await page.route(/\.woff2$/, async (route) => {
          await new Promise((resolve) => setTimeout(resolve, 600));
          await route.continue();
        });
        await page.goto(stage.address + path);
        await page.waitForLoadState("networkidle");
        assertLess(await layoutShift(page), 0.1, path);
        const session = await page.context().newCDPSession(page);
        await session.send("DOM.enable");
        await session.send("CSS.enable");
        const { root } = await session.send("DOM.getDocument");
        for (const [selector, face] of [["main h1", "Denoise Serif"], ["header nav a", "Denoise Sans"]]) {
          const { nodeId } = await session.send("DOM.querySelector", { nodeId: root.nodeId, selector });
          const { fonts } = await session.send("CSS.getPlatformFontsForNode", { nodeId });
          assert(fonts.some(({ familyName, isCustomFont }) => isCustomFont && familyName === face), path);
        }
        // A wait for fonts is no fault.
        wrong.splice(0, wrong.length, ...wrong.filter((fault) => !/preload/.test(fault)));
      }
    }
    const { page } = await open("/about");
    const preloaded = await page.locator("link[rel=preload][href*='/fonts/']").evaluateAll((links) =>
      Promise.all(
        links.map(async (link) => (await (await fetch((link as HTMLLinkElement).href)).blob()).size),
      )
    );
    assertEquals(preloaded.length, 2);
    assertLess(preloaded.reduce((sum, size) => sum + size), 40_000);
  },
);

scenario("beside a lab neither column is left empty, nor is the one of the controls", async (open) => {
  const { page } = await open("/", desk);
  const columns = [".section-body:not(.stacked) > .column > .kept", ".panel > .controls"];
  for (const path of [...await sectionPaths(page), "/play?tool=samplers", "/play?tool=anagrams"]) {
    await page.goto(stage.address + path);
    await page.waitForLoadState("networkidle");
    const empty = await page.evaluate(async (columns) => {
      const found: string[] = [];
      for (let top = 0; top < document.documentElement.scrollHeight - innerHeight; top += 300) {
        scrollTo({ top, behavior: "instant" });
        await new Promise(requestAnimationFrame);
        for (const column of document.querySelectorAll<HTMLElement>(columns.join())) {
          const whole = column.closest<HTMLElement>(".panel, .section-body")!;
          if (getComputedStyle(whole).display !== "grid") continue;
          // How much of what holds the columns, and how much of what is in this one, is in the window.
          const seen = ({ top, bottom }: { top: number; bottom: number }) =>
            Math.max(0, Math.min(bottom, innerHeight) - Math.max(top, 60));
          const boxes = [...column.children].map((child) => child.getBoundingClientRect());
          const content = {
            top: Math.min(...boxes.map((box) => box.top)),
            bottom: Math.max(...boxes.map((box) => box.bottom)),
          };
          const box = whole.getBoundingClientRect();
          // The controls go with the end of their panel.
          if (column.matches(".controls") && box.bottom < innerHeight) continue;
          const room = Math.min(seen(box), content.bottom - content.top);
          if (seen(content) < room - 60) {
            found.push(`${top}: ${column.className} ${seen(content)} of ${room}`);
          }
        }
      }
      return found;
    }, columns);
    assertEquals(empty, [], path);
  }
});

scenario("figures have one of two widths and one left edge, and headings one size", async (open) => {
  const { page } = await open("/", desk);
  for (const path of await sectionPaths(page)) {
    await page.goto(stage.address + path);
    await page.waitForSelector(".lab .figure");
    const figures = await page.locator(".figures > :not(.slim) .figure").evaluateAll((figures) =>
      figures.map((figure) => figure.getBoundingClientRect()).map(({ left, width }) => ({ left, width }))
    );
    assert(new Set(figures.map(({ left }) => Math.round(left))).size <= 1, path);
    assert(new Set(figures.map(({ width }) => Math.round(width))).size <= 2, path);
    const ratio = await page.evaluate(() => {
      const [heading, lead] = ["h1", ".lead"].map((name) => document.querySelector(name)!);
      return parseFloat(getComputedStyle(heading).fontSize) / parseFloat(getComputedStyle(lead).fontSize);
    });
    assert(Math.abs(ratio - 1.5) < 0.01, `${path}: ${ratio}`);
  }
  await page.goto(stage.address);
  const ratios = await page.locator(":is(.part-head, .section.whole > header):has(.lead)").evaluateAll((
    heads,
  ) =>
    heads.map((head) => {
      const [heading, lead] = [head.querySelector("h2, h3")!, head.querySelector(".lead")!];
      return parseFloat(getComputedStyle(heading).fontSize) / parseFloat(getComputedStyle(lead).fontSize);
    })
  );
  assert(ratios.length > 10);
  for (const ratio of ratios) assert(Math.abs(ratio - 1.5) < 0.01, String(ratio));
});

scenario(
  "on a phone nothing of any page is cut off, nor makes the page wider than the screen",
  async (open) => {
    const { page } = await open("/", phone);
    const paths = await everyPath(page);
    assert(paths.length > 40);
    for (const path of paths) {
      await page.goto(stage.address + path);
      await lookThrough(page);
      const wrong = await page.evaluate(() => {
        const found: string[] = [];
        const width = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth > width) {
          found.push(`the page: ${document.documentElement.scrollWidth}`);
        }
        const told = (element: Element) =>
          `${element.tagName}.${element.getAttribute("class")}: ${element.textContent!.trim().slice(0, 40)}`;
        // Code, tables and diagrams may go on beyond their edge where they can be pushed aside, by keyboard too.
        const scrolled = (element: Element) =>
          element.closest("pre, .table, .plate.diagram")?.matches("[tabindex='0']");
        const content = "p, li, dd, td, th, h1, h2, h3, img, svg, input, select, textarea, button, a, " +
          ".formula, .katex-html > *, .plate, .chart, .table, pre";
        for (
          const element of document.querySelectorAll(`main :is(${content}), header :is(a), footer :is(p, a)`)
        ) {
          if (element.closest(".preview, .visually-hidden, .katex-mathml, [hidden]")) continue;
          const box = element.getBoundingClientRect();
          if (box.width === 0) continue;
          const cut = box.right > width + 1 || box.left < -1 ||
            element.matches(".formula, .plate") && element.scrollWidth > element.clientWidth + 1;
          if (cut && !scrolled(element)) found.push(told(element));
        }
        return found;
      });
      assertEquals(wrong, [], path);
    }
  },
);
