import { page } from "fresh";
import { Head } from "fresh/runtime";
import { textHtml } from "../../server/rich_text.ts";
import { modelNames, modelPage } from "../../server/model_pages.ts";
import { define } from "../../server/state.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const { catalog } = ctx.state.gallery;
    const pages = await Promise.all((await modelNames(catalog)).map(({ slug }) => modelPage(catalog, slug)));
    return page({ models: pages.filter((found) => found !== undefined) });
  },
});

export default define.page<typeof handler>(({ data: { models } }) => (
  <div class="wide">
    <Head>
      <title>Models · Denoise</title>
    </Head>
    <header class="prose">
      <h1>Models</h1>
      <p class="lead">
        The networks behind the figures: small enough to ship with the report, and to train on a laptop.
      </p>
    </header>
    <ul class="cards">
      {models.map(({ slug, name, description, picture }) => (
        <li>
          <h2>
            <a href={`/models/${slug}`}>{name}</a>
          </h2>
          {description && <p class="eyebrow">{description.kind}</p>}
          <p dangerouslySetInnerHTML={{ __html: textHtml(description?.summary ?? "") }} />
          {picture && (
            <img
              {...picture}
              alt={`Samples from ${name}`}
              loading="lazy"
              data-fresh-disable-lock
            />
          )}
          {description && (
            <p class="facts">
              {(description.parameters / 1e6).toFixed(1)} million parameters ·{" "}
              {(description.bytes / 1e6).toFixed(1)} MB
            </p>
          )}
        </li>
      ))}
    </ul>
  </div>
));
