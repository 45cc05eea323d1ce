/** The settings of the gallery: environment variables. */
import { ArgumentError, described } from "../lib/errors.ts";
import { devices } from "../lib/onnx/mod.ts";
import { redisHost } from "./fleet/redis_host.ts";
import { proxyHeaders, type TrustedProxies } from "./http/forwarded.ts";
import { storeAddress } from "./store/store_address.ts";

/** The gallery's settings. */
export interface Settings extends TrustedProxies {
  /** The folder of results and uploads. */
  readonly data: string;
  /** The access token; undefined for none. */
  readonly token: string | undefined;
  /** Whether other machines are answered without a token. */
  readonly open: boolean;
  /** Hosts that requests may be addressed to; `*` for all, {@linkcode anyAddress} for every IP address. Others are refused, which prevents DNS rebinding. */
  readonly hosts: readonly string[];
  /** How many worker processes there are; each runs one job at a time. */
  readonly workers: number;
  /** The address of a Redis that holds the queue of a fleet; undefined for a queue and workers of this server's own. */
  readonly queue: string | undefined;
  /** The token that the fleet's workers need to hand over results. */
  readonly fleetToken: string | undefined;
  /** Where the fleet's results and uploads are stored, a folder or a bucket; undefined for this server's data folder. */
  readonly store: string | undefined;
  /** The maximum number of waiting jobs. */
  readonly waiting: number;
  /** The size limit of stored results, in bytes. */
  readonly storeBytes: number;
  /** How long an upload is kept, in milliseconds. */
  readonly uploadAge: number;
  /** How many jobs a client may start in a minute. */
  readonly jobsPerMinute: number;
  /** How long a job that nobody watches may go on, in milliseconds. */
  readonly unwatched: number;
  /** How long a job may take, in milliseconds. */
  readonly jobTime: number;
  /** How many megabytes of memory a worker may use. */
  readonly workerMegabytes: number;
  /** Folders of checkpoints to offer besides the models that ship. */
  readonly models: readonly string[];
  /** The device that workers compute on. */
  readonly device: string;
}

/** The variables that {@linkcode readSettings} looks at. */
export const settingNames = [
  "GALLERY_DATA",
  "GALLERY_TOKEN",
  "GALLERY_NO_TOKEN",
  "GALLERY_HOSTS",
  "GALLERY_WORKERS",
  "GALLERY_QUEUE",
  "GALLERY_FLEET_TOKEN",
  "GALLERY_STORE",
  "GALLERY_WAITING",
  "GALLERY_STORE_MB",
  "GALLERY_UPLOAD_HOURS",
  "GALLERY_JOBS_PER_MINUTE",
  "GALLERY_PROXIES",
  "GALLERY_PROXY_HEADER",
  "GALLERY_UNWATCHED_SECONDS",
  "GALLERY_JOB_MINUTES",
  "GALLERY_WORKER_MB",
  "GALLERY_MODELS",
  "GALLERY_DEVICE",
] as const;

/** The name of a variable. */
export type SettingName = typeof settingNames[number];

/** Names of the local machine. */
export const loopback: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** Matches every host that is an IP address: DNS rebinding needs a name. */
export const anyAddress = "<address>";

/**
 * Reads the settings.
 *
 * @param variable Returns a variable's value; by default from the environment, as far as permitted.
 * @throws {ArgumentError} if a value is invalid.
 */
export function readSettings(
  variable: (name: SettingName) => string | undefined = fromEnvironment,
): Settings {
  const number = (name: SettingName, value: number, min: number, max: number): number => {
    const text = variable(name);
    if (text === undefined || text === "") return value;
    const read = text.trim() === "" ? NaN : Number(text);
    if (Number.isFinite(read) && read >= min && read <= max) return read;
    throw new ArgumentError(name, text, `a number from ${min} to ${max}`);
  };
  const oneOf = <T extends string>(name: SettingName, choices: readonly T[], value: T): T => {
    const text = variable(name) || value;
    if (choices.includes(text as T)) return text as T;
    throw new ArgumentError(name, text, `one of ${choices.join(", ")}`);
  };
  const token = variable("GALLERY_TOKEN");
  if (token !== undefined) checkToken("GALLERY_TOKEN", token);
  const open = oneOf("GALLERY_NO_TOKEN", ["0", "1"], "0") === "1";
  if (open && token !== undefined) {
    throw new ArgumentError("GALLERY_NO_TOKEN", described('"1" and a token in GALLERY_TOKEN'), "one of both");
  }
  const hosts = readList(variable("GALLERY_HOSTS"));
  if (hosts.includes("*") && token === undefined && !open) {
    throw new ArgumentError("GALLERY_HOSTS", described('"*"'), "names", {
      note: "unless there is a token (GALLERY_TOKEN) or everybody is let in without one (GALLERY_NO_TOKEN=1)",
      plural: true,
    });
  }
  const queue = variable("GALLERY_QUEUE") || undefined;
  const fleetToken = variable("GALLERY_FLEET_TOKEN") || undefined;
  if (fleetToken !== undefined) checkToken("GALLERY_FLEET_TOKEN", fleetToken);
  const store = variable("GALLERY_STORE") || undefined;
  if (store !== undefined) {
    storeAddress(store);
    if (queue === undefined) {
      throw new ArgumentError("store", store, "nothing", { note: "without --queue all is on this machine" });
    }
  }
  if (queue !== undefined) {
    redisHost(queue);
    if (fleetToken === undefined && store === undefined) {
      throw new ArgumentError(
        "GALLERY_FLEET_TOKEN",
        described("none"),
        "a token that workers show to hand results over",
        {
          note: "with --queue and no --store",
        },
      );
    }
  }
  return {
    data: variable("GALLERY_DATA") || ".gallery",
    token,
    open,
    hosts: hosts.length > 0 ? hosts : loopback,
    workers: Math.floor(number("GALLERY_WORKERS", 1, 1, 64)),
    queue,
    fleetToken,
    store,
    waiting: Math.floor(number("GALLERY_WAITING", 16, 1, 1000)),
    storeBytes: number("GALLERY_STORE_MB", 1000, 1, 1e6) * 1e6,
    uploadAge: number("GALLERY_UPLOAD_HOURS", 24, 0.001, 1000) * 3_600_000,
    jobsPerMinute: number("GALLERY_JOBS_PER_MINUTE", 30, 1, 10_000),
    proxies: Math.floor(number("GALLERY_PROXIES", 0, 0, 16)),
    proxyHeader: oneOf("GALLERY_PROXY_HEADER", proxyHeaders, "x-forwarded-for"),
    unwatched: number("GALLERY_UNWATCHED_SECONDS", 30, 0.1, 86_400) * 1000,
    jobTime: number("GALLERY_JOB_MINUTES", 30, 0.01, 1440) * 60_000,
    workerMegabytes: number("GALLERY_WORKER_MB", 4000, 200, 1e6),
    models: readList(variable("GALLERY_MODELS")),
    device: oneOf("GALLERY_DEVICE", devices, "cpu"),
  };
}

/**
 * Checks an access token: an empty one would admit everybody, and headers cannot carry spaces at the ends or control characters.
 *
 * @param name The option or variable that gives it.
 * @throws {ArgumentError} if it is invalid.
 */
export function checkToken(name: string, token: string): void {
  if (token === "") {
    throw new ArgumentError(name, described('""'), "a token", {
      note: "is the variable that it comes from not set?",
    });
  }
  if (token.trim() !== token || /\p{Cc}/u.test(token) || !token.isWellFormed()) {
    throw new ArgumentError(
      name,
      described("a text with spaces at its ends or control characters"),
      "a token without them",
    );
  }
}

/** The items of a list that are separated by commas. */
function readList(text = ""): string[] {
  return text.split(",").map((item) => item.trim()).filter(Boolean);
}

function fromEnvironment(name: SettingName): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}
