/**
 * Where the models that ship are, for those who have the library from a registry and no `models/` beside it.
 *
 * @module
 */
import { type Files, machine } from "../platform/mod.ts";
import { CheckedFiles, type Digests } from "./checked_files.ts";
import { MODELS_URL } from "./places.ts";
import digests from "./published_digests.json" with { type: "json" };

/** The models whose weights travel in the package, in `models/`. */
export const packagedModels: readonly string[] = [
  "mnist-class",
  "mnist-classifier",
  "mnist-denoiser",
  "mnist-time",
];

/** The models that are too large for that: their folders are below {@linkcode MODELS_URL}. */
export const remoteModels: readonly string[] = ["emoji-I", "emoji-II"];

/**
 * The address of a model that ships, where it is on no disk; undefined if none of that name does.
 *
 * @param name The model's name.
 * @param library The base URL of the library's `models/`.
 */
export function publishedModel(name: string, library: URL): string | undefined {
  if (packagedModels.includes(name) && library.protocol !== "file:") return new URL(name, library).href;
  if (!remoteModels.includes(name)) return undefined;
  const address = machine.variable("DENOISE_MODELS_URL") || MODELS_URL;
  return new URL(name, address.endsWith("/") ? address : `${address}/`).href;
}

/** What the files of the models that ship hash to; `deno task models:digests` writes it from `models/`. */
export const publishedDigests: Readonly<Record<string, Digests>> = digests;

/**
 * The files below the address of a model that ships: none but those that were released with the library, as they were.
 *
 * @param address What {@linkcode publishedModel} gives, or another address.
 * @param library The base URL of the library's `models/`.
 * @returns The files; undefined if no model that ships is at the address.
 */
export function publishedFiles(address: string, library: URL): Files | undefined {
  const name = Object.keys(publishedDigests).find((name) => publishedModel(name, library) === address);
  return name === undefined ? undefined : new CheckedFiles(machine.open(address), publishedDigests[name]);
}
