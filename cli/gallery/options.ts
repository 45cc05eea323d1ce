/** The options of `deno task gallery`, and the settings they set. */
import { isIP } from "node:net";
import type { Command } from "commander";
import { ArgumentError } from "../../lib/errors.ts";
import { type DeviceChoice, devices } from "../../lib/onnx/mod.ts";
import { isLoopback } from "../../server/http/client.ts";
import {
  anyAddress,
  checkToken,
  loopback,
  readSettings,
  type SettingName,
  type Settings,
} from "../../server/settings.ts";
import { UsageError } from "../errors.ts";
import { createCommand, oneOf, quote, wholeNumber } from "../options.ts";
import { type LoraChoice, parseLora } from "../loras.ts";
import { checkLoras } from "./loras.ts";
import { checkModel, readModel } from "./models.ts";

interface Options {
  readonly host: string;
  readonly port: number;
  /** False for `--no-token`. */
  readonly token?: string | false;
  readonly workers: number;
  readonly queue?: string;
  readonly store?: string;
  readonly waiting: number;
  readonly model: readonly string[];
  readonly loras: readonly LoraChoice[];
  readonly device: DeviceChoice;
}

/** How the gallery is served. */
export interface GalleryOptions {
  /** A name or an address to listen on; one of IPv6 without brackets. */
  readonly host: string;
  /** The addresses that it resolves to. */
  readonly addresses: readonly string[];
  /** The port; 0 for any. */
  readonly port: number;
  /** The environment variables equivalent to the options. */
  readonly variables: Partial<Record<SettingName, string>>;
  /** Folders of LoRAs, which are merged into the models they fit by the folder's scale. */
  readonly loras: readonly LoraChoice[];
  /** The settings that these and the environment give. */
  readonly settings: Settings;
}

const name = /^(?=.{1,253}$)[a-z\d]([\w-]*[a-z\d])?(\.[a-z\d]([\w-]*[a-z\d])?)*\.?$/i;

/**
 * Reads the options of the command line, and reports all that can be found wrong before anything starts.
 *
 * @param addressesOf Resolves a host name to addresses.
 */
export async function readOptions(
  addressesOf: (host: string) => Promise<string[]>,
): Promise<GalleryOptions> {
  const command = galleryCommand();
  command.parse();
  const options = command.opts<Options>();
  const { host, port } = options;
  const addresses = await addressesOf(host);
  const isLocal = addresses.every(isLoopback);
  const variables = variablesOf(command, options, isLocal);
  const settings = readSettings((name) => variables[name] ?? Deno.env.get(name));
  if (settings.token === undefined && !settings.open && !isLocal) {
    throw new UsageError(
      `host: ${
        quote(host)
      }, where others can reach it; give a --token that they must show, or let everybody in ` +
        "with --no-token",
    );
  }
  if (settings.data.includes(",")) {
    throw new ArgumentError("GALLERY_DATA", settings.data, "a folder without commas in its path");
  }
  for (const folder of settings.models) await checkModel(folder);
  const { loras } = options;
  await checkLoras(loras, settings);
  return { host, addresses, port, variables, loras, settings };
}

function galleryCommand(): Command {
  return createCommand("gallery", "Serves the report, every section of which can be run again, live.")
    .option(
      "--host <address>",
      "where to listen; 0.0.0.0 for all interfaces",
      readHost,
      "127.0.0.1",
    )
    .option("--port <n>", "the port", wholeNumber("port", 0, 65535), 8000)
    .option("--token <token>", "an access token that visitors must show", readToken)
    .option("--no-token", "admit anyone who can reach the host")
    .option(
      "--workers <n>",
      "worker processes, each running one job at a time",
      wholeNumber("workers", 1, 64),
      1,
    )
    .option(
      "--queue <address>",
      "the Redis of a fleet of workers, redis://HOST[:PORT]; no local workers are started",
    )
    .option("--store <place>", "with --queue: where the whole fleet keeps results, a folder or s3://BUCKET")
    .option("--waiting <n>", "how many jobs may wait", wholeNumber("waiting", 1, 1000), 16)
    .option("--model <folder>", "an additional checkpoint to offer; repeatable", readModel, [])
    .option(
      "--loras <folder[:scale]>",
      "LoRAs, offered with each model they fit; repeatable",
      parseLora("loras"),
      [],
    )
    .option("--device <device>", `where to compute: ${devices.join(", ")}`, oneOf("device", devices), "cpu");
}

function readHost(text: string): string {
  const host = text.replace(/^\[(.*)\]$/, "$1");
  if (isIP(host) === 0 && !name.test(host)) {
    throw new ArgumentError("host", text, "an address of this machine or a name of one");
  }
  return host;
}

function readToken(text: string): string {
  checkToken("token", text);
  return text;
}

/** Explicit options take precedence over the environment, which takes precedence over defaults. */
function variablesOf(
  command: Command,
  { host, token, workers, queue, store, waiting, model, device }: Options,
  isLocal: boolean,
): Partial<Record<SettingName, string>> {
  const given = (option: string, variable: SettingName) =>
    command.getOptionValueSource(option) !== "default" || !Deno.env.get(variable);
  return {
    ...(given("workers", "GALLERY_WORKERS") && { GALLERY_WORKERS: String(workers) }),
    ...(queue !== undefined && { GALLERY_QUEUE: queue }),
    ...(store !== undefined && { GALLERY_STORE: store }),
    ...(given("waiting", "GALLERY_WAITING") && { GALLERY_WAITING: String(waiting) }),
    ...(given("device", "GALLERY_DEVICE") && { GALLERY_DEVICE: device }),
    ...(model.length > 0 && { GALLERY_MODELS: model.join() }),
    ...(typeof token === "string" && { GALLERY_TOKEN: token }),
    ...(token === false && { GALLERY_NO_TOKEN: "1" }),
    ...(!isLocal && !Deno.env.get("GALLERY_HOSTS") && { GALLERY_HOSTS: hostsFor(host, token) }),
  };
}

/** Host names to accept when others may reach the server by names not known here. */
function hostsFor(host: string, token: Options["token"]): string {
  const hasToken = typeof token === "string" || Deno.env.get("GALLERY_TOKEN");
  // Without a token, only known names: any site whose name resolves to this address could use the gallery (DNS rebinding).
  return hasToken ? "*" : [...loopback, anyAddress, ...isIP(host) ? [] : [host]].join();
}
