/** `deno task gallery`: serves the gallery that was built. */
import { type DeviceChoice, devices } from "../lib/onnx/device.ts";
import { loopback, type SettingName } from "../server/settings.ts";
import { runTask, UsageError } from "./errors.ts";
import { createCommand, oneOf, wholeNumber } from "./options.ts";

interface Options {
  readonly host: string;
  readonly port: number;
  readonly token?: string;
  readonly workers: number;
  readonly queue: number;
  readonly model: readonly string[];
  readonly device: DeviceChoice;
}

const command = createCommand("gallery", "Serves the report, every section of which can be run again, live.")
  .option("--host <address>", "where to listen; 0.0.0.0 for all of the machine's addresses", "127.0.0.1")
  .option("--port <n>", "the port", wholeNumber("port", 0, 65535), 8000)
  .option("--token <token>", "an access token that visitors must show")
  .option("--workers <n>", "processes that compute, each one job at a time", wholeNumber("workers", 1, 64), 1)
  .option("--queue <n>", "how many jobs may wait", wholeNumber("queue", 1, 1000), 16)
  .option("--model <folder>", "a checkpoint that may be chosen; may be given several times", collect, [])
  .option("--device <device>", `where to compute: ${devices.join(", ")}`, oneOf("device", devices), "cpu");

function collect(value: string, values: readonly string[]): readonly string[] {
  return [...values, value];
}

/** Options as the settings that the server reads from its environment. */
function settingsOf(options: Options): Partial<Record<SettingName, string>> {
  const { host, token, workers, queue, model, device } = options;
  return {
    GALLERY_WORKERS: String(workers),
    GALLERY_QUEUE: String(queue),
    GALLERY_DEVICE: device,
    ...(model.length > 0 && { GALLERY_MODELS: model.join() }),
    ...(token !== undefined && { GALLERY_TOKEN: token }),
    // Whoever listens for others is called by names that are not known here.
    ...(!loopback.includes(host) && Deno.env.get("GALLERY_HOSTS") === undefined && { GALLERY_HOSTS: "*" }),
  };
}

await runTask(async (signal) => {
  command.parse();
  const options = command.opts<Options>();
  for (const [name, value] of Object.entries(settingsOf(options))) Deno.env.set(name, value);
  // The build imports the same module, and so the same gallery.
  const { default: { fetch } } = await import(new URL("../_fresh/server.js", import.meta.url).href);
  const { gallery } = await import("../main.ts");
  await using _gallery = gallery;
  const { host: hostname, port } = options;
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve({ hostname, port, signal, automaticCompression: true, onListen: announce }, fetch);
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      throw new UsageError(`port: ${port}, where something else listens already; --port takes another`, {
        cause: error,
      });
    }
    throw error;
  }
  await server.finished;
});

function announce({ hostname, port }: Deno.NetAddr): void {
  console.log(`The gallery: http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}/`);
}
