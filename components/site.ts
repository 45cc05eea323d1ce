/** The base of the site: the gallery's server, or files on a static host, below any path. */
import { IS_BROWSER } from "fresh/runtime";

/** The relative path to the first page, on the root element of static pages. */
const root = (): string | undefined => IS_BROWSER ? document.documentElement.dataset.root : undefined;

/** Whether there is a server that computes and keeps results; a static site has none. */
export const hasServer = (): boolean => root() === undefined;

/** The path of a page or a file on a static site: each page has a folder of its own. */
export function staticPath(path: string): string {
  const [, pathname, search, hash] = /^\/([^?#]*)(\?[^#]*)?(#.*)?$/.exec(path)!;
  const query = new URLSearchParams(search);
  // A static host ignores the query.
  const tool = pathname === "play" ? query.get("tool") : null;
  if (tool !== null) query.delete("tool");
  const place = tool === null ? pathname : `play/${tool}`;
  const isPage = place !== "" && !place.startsWith("api/") && !/\.\w+$/.test(place);
  return `${place}${isPage ? "/" : ""}${query.size > 0 ? `?${query}` : ""}${hash ?? ""}`;
}

/** The address of something on this site from its path, which begins with a slash. */
export function siteAddress(path: string): string {
  const up = root();
  return up === undefined ? path : new URL(up + staticPath(path), document.baseURI).href;
}
