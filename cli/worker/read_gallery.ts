import { ArgumentError, described } from "../../lib/errors.ts";

/**
 * The address of a gallery that takes results of a fleet.
 *
 * @throws {ArgumentError} if it is none.
 */
export function readGallery(text: string | undefined): URL {
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.pathname === "/" && !url.username) return url;
  throw new ArgumentError(
    "gallery",
    text ?? described("none"),
    "the address of the gallery, http://HOST:PORT",
  );
}

/** The host and the port that it is reached by, as permissions write them. */
export function galleryHost({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
}
