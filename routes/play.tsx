import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { ArgumentError } from "../lib/errors.ts";
import { committedFigures } from "../server/committed.ts";
import { formOf } from "../server/form.ts";
import { generationPlace } from "../server/generation_link.ts";
import { readPermalink } from "../server/permalink.ts";
import { SectionLab } from "../components/section_lab.tsx";
import { marked } from "../components/current.ts";
import { playground, promptRequest, toolGroups, tools } from "../components/tools.ts";
import { define } from "../server/state.ts";

/** Where the settings of an image are: in the playground if it has the section, else on the section's page. */
function addressOf(generation: string): string {
  try {
    const { section, parameters } = generationPlace(generation);
    const p = `p=${encodeURIComponent(JSON.stringify(parameters))}`;
    const isTool = tools.some((tool) => tool.section === section);
    return isTool ? `/play?tool=${section}&${p}` : `/sections/${section}?${p}`;
  } catch (error) {
    if (error instanceof ArgumentError) throw new HttpError(400, error.message);
    throw error;
  }
}

export const handler = define.handlers({
  GET: async (ctx) => {
    const { gallery } = ctx.state;
    const { searchParams } = ctx.url;
    const generation = searchParams.get("generation");
    if (generation !== null) return ctx.redirect(addressOf(generation), 303);
    const here = toolGroups
      .map(({ title, tools }) => ({
        title,
        tools: tools.filter(({ section }) => gallery.catalog.section(section)),
      }))
      .filter(({ tools }) => tools.length > 0);
    const all = here.flatMap(({ tools }) => tools);
    const tool = all.find(({ section }) => section === (searchParams.get("tool") ?? all[0]?.section));
    const section = tool && gallery.catalog.section(tool.section);
    if (!section) throw new HttpError(404);
    const form = playground(tool, await formOf(gallery, section));
    const committed = (await committedFigures()).get(section.id);
    return page({
      here,
      section,
      form,
      committed,
      requested: await readPermalink(gallery, section, searchParams.get("p")) ??
        promptRequest(form, searchParams.get("prompt")),
    });
  },
});

export default define.page<typeof handler>(({ data: { here, section, form, committed, requested } }) => (
  <div class="wide">
    <Head>
      <title>Playground · Denoise</title>
    </Head>
    <header class="prose">
      <h1>Playground</h1>
      <p class="lead">
        Every section as a tool, with all its options. Watch the noise turn into an image.
      </p>
    </header>
    <nav class="tools-nav" aria-label="Tools">
      <details>
        <summary>
          {here.flatMap(({ tools }) => tools).find((tool) => tool.section === section.id)?.label}
          <span>All tools</span>
        </summary>
        {here.map(({ title, tools }) => (
          <div key={title} role="group" aria-label={title} class="tool-group">
            <span aria-hidden="true">{title}</span>
            <div>
              {tools.map((tool) =>
                marked(
                  <a key={tool.section} href={`/play?tool=${tool.section}`}>{tool.label}</a>,
                  tool.section === section.id,
                )
              )}
            </div>
          </div>
        ))}
      </details>
    </nav>
    <SectionLab
      section={section}
      form={form}
      requested={requested}
      committed={committed}
      place="playground"
    />
  </div>
));
