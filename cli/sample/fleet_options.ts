/** The fleet that `deno task sample --queue` asks. */
import { ArgumentError, described } from "../../lib/errors.ts";
import { readSettings, type SettingName, type Settings } from "../../server/settings.ts";
import { readGallery } from "../worker/read_gallery.ts";
import { flagOf, type SampleFlags } from "./flags.ts";
import { flagName } from "../field_option.ts";

/** A fleet, by the options of the command line and the environment. */
export interface FleetOptions {
  /** The address of the Redis. */
  readonly queue: string;
  /** The gallery that has the results; undefined where there is a store that all of the fleet reach. */
  readonly gallery: URL | undefined;
  /** The settings, which have all else. */
  readonly settings: Settings;
}

/** What is the workers' affair, or lies on this machine alone. */
const ofHere = [
  "embeddings",
  "variant",
  "mapped",
  "profile",
  "threads",
] as const;

/**
 * Reads which fleet is asked.
 *
 * @throws {ArgumentError} if an option is missing, cannot be, or means nothing where others compute.
 */
export function readFleetOptions(flags: SampleFlags): FleetOptions {
  const { queue, store, gallery } = flags;
  const own = ofHere.find((name) => flagOf(flags, name) !== undefined) ??
    (flags.device === "cpu" ? undefined : "device");
  if (own) {
    throw new ArgumentError(flagName(own), described("given"), "none with --queue", {
      note: "workers compute",
    });
  }
  const place = gallery ?? (store === undefined ? Deno.env.get("GALLERY_URL") : undefined);
  const given: Partial<Record<SettingName, string>> = {
    ...(typeof queue === "string" && { GALLERY_QUEUE: queue }),
    ...(store !== undefined && { GALLERY_STORE: store }),
  };
  const settings = readSettings((name) => {
    // Where a gallery is named, a store of the environment is not meant.
    return given[name] ??
      (name === "GALLERY_STORE" && gallery !== undefined ? undefined : Deno.env.get(name));
  });
  if (settings.queue === undefined) {
    throw new ArgumentError("queue", described("none"), "the address of a Redis, redis://HOST[:PORT]");
  }
  return {
    queue: settings.queue,
    gallery: settings.store === undefined ? readGallery(place) : undefined,
    settings,
  };
}

/**
 * Refuses options that mean nothing without a fleet.
 *
 * @throws {ArgumentError} that names the option.
 */
export function assertOfFleet({ queue, store, gallery }: SampleFlags): void {
  if (queue !== undefined) return;
  const [name, value] = store !== undefined ? ["store", store] : ["gallery", gallery];
  if (value !== undefined) throw new ArgumentError(name!, value, "--queue beside it");
}
