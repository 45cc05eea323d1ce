/**
 * The gallery's worker process. Its arguments are the folder of the uploads, the device, a model that is opened before
 * anybody asks for it, and how many pixels an upload may have.
 *
 * @module
 */
import { join } from "node:path";
import type { DeviceChoice } from "../../lib/mod.ts";
import { generation, openImages, openModels, sections } from "../../report/mod.ts";
import { readIfThere } from "../store/atomic.ts";
import { Uploads } from "../store/uploads.ts";
import { CurrentModels } from "./current_models.ts";
import { sentWeights } from "./sent_weights.ts";
import { serveSections } from "./serve_sections.ts";

const [folder, device, first, maxPixels] = Deno.args;

// Libraries print what they like; standard output is for the server.
console.log = console.info = console.debug = console.error;

const models = new CurrentModels(() =>
  openModels({ device: device as DeviceChoice, weightFiles: sentWeights(folder) })
);

/** The user's own pictures: uploads, by their names. */
const own = async (id: string) => Uploads.isId(id) ? await readIfThere(join(folder, id)) : undefined;

/** Opens the model that most sections use, so that the first visitor does not wait for it. */
async function prepare(): Promise<void> {
  if (!first) return;
  await using opened = await models.for([first]);
  const model = await opened.models.textToImage(first);
  await model.encode([""]);
  await model.network();
}

await serveSections({
  sections: [...sections, generation],
  open: async (signal, names) => {
    const opened = await models.for(names);
    const images = openImages(own, { maxPixels: Number(maxPixels) });
    return {
      context: { models: opened.models, images, signal },
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
  prepare,
});
