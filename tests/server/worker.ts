/** A worker process for tests of the server. */
import { openImages } from "../../report/images.ts";
import type { ModelShelf } from "../../report/context.ts";
import { serveSections } from "../../server/worker/serve_sections.ts";
import { testSections } from "./sections.ts";

await serveSections({
  sections: testSections,
  // These sections ask for no models.
  open: (signal) =>
    Promise.resolve({
      context: { models: {} as ModelShelf, images: openImages(), signal },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
});
