import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { guide } from "../../server/guides.ts";
import { define } from "../../server/state.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const found = await guide(ctx.params.guide);
    if (!found) throw new HttpError(404);
    return page(found);
  },
});

export default define.page<typeof handler>(({ data: { title, html } }) => (
  <article class="wide">
    <Head>
      <title>{`${title} · Denoise`}</title>
    </Head>
    <header class="prose">
      <p class="eyebrow">
        <a href="/docs">Guides</a>
      </p>
      <h1>{title}</h1>
    </header>
    <div class="prose card guide" dangerouslySetInnerHTML={{ __html: html }} />
  </article>
));
