import { page } from "fresh";
import { Head } from "fresh/runtime";
import { guides } from "../../server/guides.ts";
import { define } from "../../server/state.ts";

export const handler = define.handlers({ GET: async () => page({ guides: await guides() }) });

export default define.page<typeof handler>(({ data: { guides } }) => (
  <div class="wide">
    <Head>
      <title>Guides · Denoise</title>
    </Head>
    <header class="prose">
      <h1>Guides</h1>
      <p class="lead">How to use the library, its command line and this gallery.</p>
    </header>
    <ul class="cards">
      {guides.map(({ slug, title, summary }) => (
        <li>
          <h2>
            <a href={`/docs/${slug}`}>{title}</a>
          </h2>
          <p>{summary}</p>
        </li>
      ))}
    </ul>
  </div>
));
