import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { modelPage } from "../../server/model_pages.ts";
import { define } from "../../server/state.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const found = await modelPage(ctx.state.gallery.catalog, ctx.params.name);
    if (!found) throw new HttpError(404);
    return page({ model: found });
  },
});

export default define.page<typeof handler>(({ data: { model: { name, description, card } } }) => (
  <article class="wide model">
    <Head>
      <title>{`${name} · Denoise`}</title>
    </Head>
    <header class="prose">
      <p class="eyebrow">
        <a href="/models">Models</a>
      </p>
      <h1>{name}</h1>
    </header>
    {description && (
      <dl class="facts-list">
        <div>
          <dt>Type</dt>
          <dd>{description.kind}</dd>
        </div>
        <div>
          <dt>Parameters</dt>
          <dd>{(description.parameters / 1e6).toFixed(2)} million</dd>
        </div>
        <div>
          <dt>Cost per pass</dt>
          <dd>{description.gflop.toFixed(2)} GFLOP</dd>
        </div>
        <div>
          <dt>Files</dt>
          <dd>{(description.bytes / 1e6).toFixed(1)} MB</dd>
        </div>
        <div>
          <dt>Licence</dt>
          <dd>{description.licence ?? "not stated"}</dd>
        </div>
      </dl>
    )}
    <div class="prose card" dangerouslySetInnerHTML={{ __html: card }} />
  </article>
));
