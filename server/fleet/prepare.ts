/** What a job is on the machine of a worker: models under the names that they have there, and files that are fetched. */
import type { Catalog } from "../catalog.ts";
import type { JobRequest } from "../jobs/job.ts";
import { Uploads } from "../store/uploads.ts";
import type { SectionRun } from "../worker/section_runner.ts";

/** Fetches a picture or weights that a user has sent; undefined if they are no longer kept. */
export type FetchUpload = (id: string) => Promise<Uint8Array<ArrayBuffer> | undefined>;

/**
 * Prepares a job.
 *
 * @param request What was asked for, by the names of the gallery.
 * @param catalog What this worker has.
 * @param names Its models by their digests.
 * @param uploads Where it keeps files that were sent.
 * @param fetchUpload Fetches those that are not there yet.
 * @returns what its process is to run; undefined where a model is no longer the one that was asked for.
 */
export async function prepareJob(
  request: JobRequest,
  catalog: Catalog,
  names: Readonly<Record<string, string>>,
  uploads: Uploads,
  fetchUpload: FetchUpload,
): Promise<Omit<SectionRun, "job"> | undefined> {
  const section = catalog.section(request.section);
  if (!section) return undefined;
  const here: Record<string, string> = {};
  for (const [name, digest] of Object.entries(request.models)) {
    if (!Object.hasOwn(names, digest) || !await catalog.isCurrent({ [names[digest]]: digest })) {
      return undefined;
    }
    here[name] = names[digest];
  }
  for (const { id } of catalog.imagesOf(section, request.parameters)) {
    if (!Uploads.isId(id) || await uploads.has(id)) continue;
    const bytes = await fetchUpload(id);
    if (bytes) await uploads.add(bytes);
  }
  for (const { id } of catalog.weightsOf(section, request.parameters)) {
    if (!Uploads.isWeightsId(id) || await uploads.bytes(id)) continue;
    const bytes = await fetchUpload(id);
    if (bytes) await uploads.addWeights(bytes);
  }
  return {
    section: section.id,
    parameters: catalog.withModels(section, request.parameters, here),
    models: Object.values(here),
  };
}
