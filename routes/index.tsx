import { Head } from "fresh/runtime";
import { page } from "fresh";
import { Hero } from "../components/hero.tsx";
import { sectionHtml } from "../components/section_html.tsx";
import { sectionAddress, sectionNumber } from "../components/section_head.tsx";
import Lab from "../islands/Lab.tsx";
import { committedFigures } from "../server/committed.ts";
import { define } from "../server/state.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const committed = await committedFigures();
    const { sections } = ctx.state.gallery.catalog;
    const parts = sections.map((section) => ({
      section,
      html: sectionHtml(section, committed.get(section.id)),
    }));
    return page({ committed, parts });
  },
});

export default define.page<typeof handler>(({ data: { committed, parts } }) => {
  return (
    <div class="report">
      <Head>
        <title>Denoise: a report on diffusion models that runs</title>
      </Head>
      <Hero committed={committed} />
      <div class="columns">
        <nav class="contents" aria-labelledby="contents">
          <h2 id="contents">Contents</h2>
          <ol>
            {parts.map(({ section: { id, title } }) => (
              <li>
                <a href={`#${id}`}>{title}</a>
              </li>
            ))}
          </ol>
        </nav>
        <div class="sections">
          {parts.map(({ section, html }, i) => (
            <article id={section.id} class="section" aria-labelledby={`${section.id}-title`}>
              <header class="prose">
                <p class="eyebrow">{sectionNumber(i)}</p>
                <h2 id={`${section.id}-title`}>
                  <a href={sectionAddress(section.id)}>{section.title}</a>
                </h2>
                <p class="lead">{section.summary}</p>
              </header>
              <div dangerouslySetInnerHTML={{ __html: html }} />
              <div data-near>
                <Lab section={section.id} title={section.title} />
              </div>
            </article>
          ))}
        </div>
      </div>
    </div>
  );
});
