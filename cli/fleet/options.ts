/** The options of tasks that let a fleet compute. */
import type { Command } from "commander";
import { ArgumentError, described } from "../../lib/errors.ts";
import { readSettings, type SettingName, type Settings } from "../../server/settings.ts";
import { flagName } from "../field_option.ts";
import { readGallery } from "../worker/read_gallery.ts";

/** What {@linkcode addFleetOptions} gives. */
export interface FleetFlags {
  /** The Redis of a fleet that computes; true for that of `GALLERY_QUEUE`. */
  readonly queue?: string | true;
  readonly store?: string;
  readonly gallery?: string;
}

/** A fleet, by the options of the command line and the environment. */
export interface FleetOptions {
  /** The address of the Redis. */
  readonly queue: string;
  /** The gallery that has the results; undefined where there is a store that all of the fleet reach. */
  readonly gallery: URL | undefined;
  /** The settings, which have all else. */
  readonly settings: Settings;
}

/** Adds `--queue`, `--store` and `--gallery`. */
export function addFleetOptions(command: Command): Command {
  return command
    .option(
      "--queue [address]",
      "let the workers of a fleet compute: its Redis, redis://HOST[:PORT]; without a value that of GALLERY_QUEUE",
    )
    .option("--store <place>", "with --queue: where the fleet keeps results, a folder or s3://BUCKET")
    .option(
      "--gallery <url>",
      "with --queue, instead: the gallery that workers hand results to, http://HOST:PORT",
    );
}

/**
 * Reads which fleet is asked.
 *
 * @throws {ArgumentError} if an option is missing or cannot be.
 */
export function readFleetOptions({ queue, store, gallery }: FleetFlags): FleetOptions {
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
export function assertOfFleet({ queue, store, gallery }: FleetFlags): void {
  if (queue !== undefined) return;
  const [name, value] = store !== undefined ? ["store", store] : ["gallery", gallery];
  if (value !== undefined) throw new ArgumentError(name!, value, "--queue beside it");
}

/**
 * Refuses options that mean nothing where others compute.
 *
 * @param flags What the command line gives.
 * @param names The options that are the workers' affair, beside `device`, or that lie on this machine alone.
 * @throws {ArgumentError} that names the option.
 */
export function assertNotOfHere(flags: { readonly device: string }, names: readonly string[]): void {
  const values = flags as unknown as Readonly<Record<string, unknown>>;
  const own = names.find((name) => values[name] !== undefined) ??
    (flags.device === "cpu" ? undefined : "device");
  if (own === undefined) return;
  throw new ArgumentError(flagName(own), described("given"), "none with --queue", {
    note: "workers compute",
  });
}
