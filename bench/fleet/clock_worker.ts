/** The process that runs the clock. */
import type { ModelShelf } from "../../report/context.ts";
import { openImages } from "../../report/images.ts";
import { serveSections } from "../../server/worker/serve_sections.ts";
import { clock } from "./clock.ts";

await serveSections({
  sections: [clock],
  open: (signal) =>
    Promise.resolve({
      context: { models: {} as ModelShelf, images: openImages(), signal },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
});
