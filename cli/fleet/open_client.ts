/** Joins a fleet to ask it for results. */
import { sections } from "../../report/mod.ts";
import { FleetClient } from "../../server/fleet/fleet_client.ts";
import { HttpSink } from "../../server/fleet/http_sink.ts";
import { galleryMember } from "../../server/fleet/members.ts";
import { StoredResults } from "../../server/fleet/stored_results.ts";
import { openObjects } from "../../server/store/open_objects.ts";
import { uploadPixels } from "../../server/store/upload_pixels.ts";
import type { FleetOptions } from "./options.ts";

/** How long a bucket is asked again that does not answer well, in milliseconds. */
const PATIENCE = 60_000;

/**
 * Takes a place in a fleet.
 *
 * @throws {ArgumentError} if the queue, the store or the gallery does not answer.
 * @throws {FleetVersionError} if others of the fleet have another version.
 */
export async function openFleetClient({ queue, gallery, settings }: FleetOptions): Promise<FleetClient> {
  const { store, fleetToken, uploadAge, workerMegabytes } = settings;
  const results = gallery ? await openGallery(gallery, fleetToken!) : new StoredResults(
    await openObjects(store!, { patience: PATIENCE }),
    uploadAge,
    uploadPixels(workerMegabytes),
  );
  return await FleetClient.open({
    address: queue,
    member: galleryMember(sections, "client"),
    results,
    limit: settings.waiting,
    unwatched: settings.unwatched,
    jobTime: settings.jobTime,
  });
}

async function openGallery(gallery: URL, token: string): Promise<HttpSink> {
  const sink = new HttpSink(gallery.origin, token);
  await sink.check();
  return sink;
}
