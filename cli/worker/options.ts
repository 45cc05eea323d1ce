/** The options of `deno task worker`, and the settings that they stand for. */
import { ArgumentError, described } from "../../lib/errors.ts";
import { type DeviceChoice, devices } from "../../lib/onnx/mod.ts";
import { readSettings, type SettingName, type Settings } from "../../server/settings.ts";
import { checkModel, readModel } from "../gallery/models.ts";
import { createCommand, oneOf, wholeNumber } from "../options.ts";
import { readGallery } from "./read_gallery.ts";

interface Options {
  readonly queue?: string;
  readonly store?: string;
  readonly gallery?: string;
  readonly model: readonly string[];
  readonly device: DeviceChoice;
  readonly jobs: number;
  readonly batch: number;
}

/** What a worker works by. */
export interface WorkerOptions {
  /** The gallery that results are handed to; undefined where there is a store that all of the fleet reach. */
  readonly gallery: URL | undefined;
  /** The address of the Redis. */
  readonly queue: string;
  /** What it shows to the gallery; undefined where there is a store. */
  readonly token: string | undefined;
  /** How many jobs of the same models share a process. */
  readonly batch: number;
  /** The settings, which have all else. */
  readonly settings: Settings;
}

/** The folder of a worker's pictures and scratch. */
const DATA = ".worker";

/**
 * Reads the options of the command line.
 *
 * @throws {ArgumentError} if one cannot be used, or is missing.
 */
export async function readWorkerOptions(): Promise<WorkerOptions> {
  const command = createCommand(
    "worker",
    "Runs jobs of a gallery that was started with --queue; GALLERY_FLEET_TOKEN is the gallery's.",
  )
    .option("--queue <address>", "the Redis of the fleet: redis://HOST[:PORT], or rediss:// for TLS")
    .option("--gallery <url>", "the gallery that results are handed to: http://HOST:PORT")
    .option("--store <place>", "where all of the fleet keep results, instead: a folder or s3://BUCKET")
    .option("--model <folder>", "a checkpoint that it has; may be given several times", readModel, [])
    .option("--device <device>", `where to compute: ${devices.join(", ")}`, oneOf("device", devices), "cpu")
    .option(
      "--jobs <n>",
      "how many processes it has, each with a job at a time",
      wholeNumber("jobs", 1, 64),
      1,
    )
    .option(
      "--batch <n>",
      "how many jobs of the same models share a process, where a network is asked once for all of them",
      wholeNumber("batch", 1, 64),
      1,
    );
  command.parse();
  const { queue, store, gallery, model, device, jobs, batch } = command.opts<Options>();
  const given: Partial<Record<SettingName, string>> = {
    ...(queue !== undefined && { GALLERY_QUEUE: queue }),
    ...(store !== undefined && { GALLERY_STORE: store }),
    GALLERY_DATA: Deno.env.get("GALLERY_DATA") || DATA,
    GALLERY_WORKERS: String(jobs),
    ...(command.getOptionValueSource("device") !== "default" && { GALLERY_DEVICE: device }),
    ...(model.length > 0 && { GALLERY_MODELS: model.join() }),
  };
  const settings = readSettings((name) => given[name] ?? Deno.env.get(name));
  if (settings.queue === undefined) {
    throw new ArgumentError("queue", described("none"), "the address of a Redis, redis://HOST[:PORT]");
  }
  for (const folder of settings.models) await checkModel(folder);
  return {
    gallery: settings.store === undefined ? readGallery(gallery ?? Deno.env.get("GALLERY_URL")) : undefined,
    queue: settings.queue,
    token: settings.fleetToken,
    batch,
    settings,
  };
}
