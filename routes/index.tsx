import { Head } from "fresh/runtime";
import { page } from "fresh";
import { Blocks } from "../components/blocks.tsx";
import { CommittedFigures } from "../components/committed_figures.tsx";
import { Hero } from "../components/hero.tsx";
import { sectionAddress, sectionNumber } from "../components/section_head.tsx";
import Lab from "../islands/Lab.tsx";
import { committedFigures } from "../server/committed.ts";
import { define } from "../server/state.ts";

export const handler = define.handlers({
  GET: async () => page({ committed: await committedFigures() }),
});

export default define.page<typeof handler>(({ state, data: { committed } }) => {
  const { sections } = state.gallery.catalog;
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
            {sections.map(({ id, title }) => (
              <li>
                <a href={`#${id}`}>{title}</a>
              </li>
            ))}
          </ol>
        </nav>
        <div class="sections">
          {sections.map((section, i) => (
            <article id={section.id} class="section" aria-labelledby={`${section.id}-title`}>
              <header class="prose">
                <p class="eyebrow">{sectionNumber(i)}</p>
                <h2 id={`${section.id}-title`}>
                  <a href={sectionAddress(section.id)}>{section.title}</a>
                </h2>
                <p class="lead">{section.summary}</p>
              </header>
              <div class="prose">
                <Blocks blocks={section.blocks} />
              </div>
              <CommittedFigures section={section.id} committed={committed.get(section.id)} />
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
