import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { Contents } from "../components/home/contents.tsx";
import { Hero, PROMPT_TOOL } from "../components/home/hero.tsx";
import { SectionBrief } from "../components/home/section_brief.tsx";
import { SectionWhole } from "../components/home/section_whole.tsx";
import { figuresHtmlOf, textHtmlOf } from "../components/section_html.tsx";
import { partsOf } from "../report/mod.ts";
import { committedFigures } from "../server/committed.ts";
import { formOf } from "../server/form.ts";
import { define } from "../server/state.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const committed = await committedFigures();
    const parts = partsOf(ctx.state.gallery.catalog.sections);
    const sections = parts.flatMap(({ sections }) => sections);
    const whole = new Map(
      parts.flatMap(({ leads }) => leads).map((section) => [
        section.id,
        { text: textHtmlOf(section), figures: figuresHtmlOf(section, committed.get(section.id)) },
      ]),
    );
    const tool = sections.find(({ id }) => id === PROMPT_TOOL);
    const form = tool && await formOf(ctx.state.gallery, tool);
    const vocabulary = form?.vocabularies[String(form.start.model)];
    return page({ committed, parts, sections, whole, prompts: tool !== undefined, vocabulary });
  },
});

export default define.page<typeof handler>((
  { data: { committed, parts, sections, whole, prompts, vocabulary } },
) => (
  <div class="report">
    <Head>
      <title>Denoise: a report on diffusion models that runs</title>
      <script src={asset("/report.js")} defer />
    </Head>
    <Hero
      committed={committed.get(PROMPT_TOOL)}
      prompts={prompts}
      vocabulary={vocabulary}
    />
    <div class="columns">
      <Contents parts={parts} />
      <div class="sections">
        {parts.map((part) => (
          <section
            key={part.id}
            id={`part-${part.id}`}
            class="part"
            aria-labelledby={`part-${part.id}-title`}
          >
            <header class="part-head prose">
              <h2 id={`part-${part.id}-title`}>{part.title}</h2>
              <p class="lead">{part.summary}</p>
            </header>
            {part.sections.map((section) => {
              const shown = {
                section,
                index: sections.indexOf(section),
                committed: committed.get(section.id),
              };
              const html = whole.get(section.id);
              return html === undefined
                ? <SectionBrief key={section.id} {...shown} />
                : <SectionWhole key={section.id} {...shown} html={html} />;
            })}
          </section>
        ))}
      </div>
    </div>
  </div>
));
