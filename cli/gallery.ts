/** Serves the gallery that was built, in this process; `deno task gallery` starts it with the permissions that its settings take. */
import type { AddressInfo } from "node:net";
import { ArgumentError } from "../lib/errors.ts";
import { serve } from "../server/http/serve.ts";
import { runTask } from "./errors.ts";
import { readOptions } from "./gallery/options.ts";
import { hasLauncher, launcherEnds } from "./gallery/launched.ts";
import { modelsWithLoras } from "./gallery/loras.ts";
import { addressesOf } from "./gallery/resolve_host.ts";
import type { SettingName } from "../server/settings.ts";

await runTask(async (interrupted) => {
  const { host, addresses: [address], port, variables, loras, settings } = await readOptions(addressesOf);
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  if (loras.length > 0) {
    const folders = [...settings.models, ...await modelsWithLoras(loras, settings)];
    Deno.env.set("GALLERY_MODELS" satisfies SettingName, folders.join());
  }
  // The build imports the same module, and so the same gallery.
  const { default: { fetch } } = await import(new URL("../_fresh/server.js", import.meta.url).href);
  const { gallery } = await import("../main.ts");
  await using _gallery = gallery;
  const signal = hasLauncher() ? AbortSignal.any([interrupted, launcherEnds()]) : interrupted;
  try {
    await serve(fetch, { address, port, signal, onListen: announce });
  } catch (error) {
    throw cannotListen(host, port, error);
  }
});

function cannotListen(host: string, port: number, error: unknown): unknown {
  const { code } = error as { readonly code?: string };
  switch (code) {
    case "EADDRINUSE":
      return new ArgumentError("port", port, "a free one", {
        note: "something else listens there",
        cause: error,
      });
    case "EACCES":
      return new ArgumentError("port", port, "one that this user may listen at", { cause: error });
    case "EADDRNOTAVAIL":
    case "EINVAL":
      return new ArgumentError("host", host, "an address of this machine or a name of one", { cause: error });
    default:
      return error;
  }
}

function announce({ address, port }: AddressInfo): void {
  console.log(`The gallery: http://${address.includes(":") ? `[${address}]` : address}:${port}/`);
}
