import { page } from "fresh";
import { Head } from "fresh/runtime";
import History from "../islands/History.tsx";
import { parseParameters } from "../report/mod.ts";
import { define } from "../server/state.ts";

export const handler = define.handlers({
  GET: ({ state: { gallery: { catalog } } }) => {
    const forms = catalog.sections.map((section) => [section.id, {
      fields: catalog.fields(section).map(({ name, label }) => ({ name, label })),
      start: parseParameters(section, section.start ?? {}),
    }]);
    return page({ forms: Object.fromEntries(forms) });
  },
});

export default define.page<typeof handler>(({ data: { forms } }) => (
  <div class="wide">
    <Head>
      <title>Your results · Denoise</title>
    </Head>
    <header class="prose">
      <h1>Your results</h1>
      <p class="lead">What you have made, the latest first, remembered by your browser alone.</p>
    </header>
    <div data-near class="history-place">
      <History forms={forms} />
    </div>
    <noscript>
      <p class="placeholder">This list is kept by your browser, with JavaScript.</p>
    </noscript>
  </div>
));
