/**
 * Where the models that ship are, for those who have the library from a registry and no `models/` beside it.
 *
 * @module
 */
import { machine } from "../platform/mod.ts";
import { MODELS_URL } from "./places.ts";

/** The models whose weights travel in the package, in `models/`. */
export const packagedModels: readonly string[] = [
  "mnist-class",
  "mnist-classifier",
  "mnist-denoiser",
  "mnist-time",
];

/** The models that are too large for that: their folders lie below {@linkcode MODELS_URL}. */
export const remoteModels: readonly string[] = ["emoji-I", "emoji-II"];

/**
 * The address of a model that ships, where it is on no disk; undefined if none of that name does.
 *
 * @param name The model's name.
 * @param library The address that the library's `models/` lies below.
 */
export function publishedModel(name: string, library: URL): string | undefined {
  if (packagedModels.includes(name) && library.protocol !== "file:") return new URL(name, library).href;
  if (!remoteModels.includes(name)) return undefined;
  const address = machine.variable("DENOISE_MODELS_URL") || MODELS_URL;
  return new URL(name, address.endsWith("/") ? address : `${address}/`).href;
}
