import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { textHtmlOf } from "../../components/section_html.tsx";
import { Live, liveDataOf } from "../../components/live.tsx";
import { SectionLab } from "../../components/section_lab.tsx";
import { sectionAddress, sectionNumber } from "../../components/section_head.tsx";
import type { Section } from "../../report/mod.ts";
import { committedFigures } from "../../server/committed.ts";
import { formOf } from "../../server/form.ts";
import { readPermalink } from "../../server/permalink.ts";
import { define } from "../../server/state.ts";

/** The common fonts of a section's formulas, preloaded so that text does not move. */
function formulaFonts({ blocks }: Section): string[] {
  const text = JSON.stringify(blocks);
  return [
    "Main-Regular",
    "Math-Italic",
    "Size1-Regular",
    ...(text.includes("mathbb") ? ["AMS-Regular"] : []),
    ...(text.includes("mathcal") ? ["Caligraphic-Regular"] : []),
  ];
}

export const handler = define.handlers({
  GET: async (ctx) => {
    const { gallery } = ctx.state;
    const section = gallery.catalog.section(ctx.params.id);
    if (!section) throw new HttpError(404);
    const committed = (await committedFigures()).get(section.id);
    const requested = await readPermalink(gallery, section, ctx.url.searchParams.get("p"));
    const form = await formOf(gallery, section);
    return page({
      section,
      committed,
      html: textHtmlOf(section),
      form,
      live: await liveDataOf(section.id, form),
      requested,
    });
  },
});

export default define.page<typeof handler>(
  ({ state, data: { section, committed, html, form, live, requested } }) => {
    const { sections } = state.gallery.catalog;
    const index = sections.indexOf(section);
    // Diagrams need the whole width.
    const hasSheets = committed?.figures.some(({ cells }) => cells.length > 0) ?? true;
    const [before, after] = [sections[index - 1], sections[index + 1]];
    return (
      <article class="section single" aria-labelledby="title">
        <Head>
          <title>{`${section.title} · Denoise`}</title>
          {formulaFonts(section).map((name) => (
            <link
              rel="preload"
              href={`/katex/fonts/KaTeX_${name}.woff2`}
              as="font"
              type="font/woff2"
              crossorigin="anonymous"
            />
          ))}
        </Head>
        <div class={`section-body ${hasSheets ? "" : "stacked"}`}>
          <div class="column">
            <div class="kept prose">
              <header class="prose">
                <p class="eyebrow">
                  <a href={`/#${section.id}`}>Report</a> / {sectionNumber(index)}
                </p>
                <h1 id="title">{section.title}</h1>
                <p class="lead">{section.summary}</p>
              </header>
              <div class="prose" dangerouslySetInnerHTML={{ __html: html }} />
            </div>
          </div>
          <div class="column">
            <div class="kept">
              {live && <Live section={section.id} form={form} data={live} />}
              <SectionLab
                section={section}
                form={form}
                requested={requested}
                committed={committed}
                place="section"
              />
            </div>
          </div>
        </div>
        <nav class="neighbours" aria-label="Sections">
          {before && (
            <a rel="prev" href={sectionAddress(before.id)}>
              <small>Before</small>
              {before.title}
            </a>
          )}
          {after && (
            <a rel="next" href={sectionAddress(after.id)}>
              <small>Next</small>
              {after.title}
            </a>
          )}
        </nav>
      </article>
    );
  },
);
