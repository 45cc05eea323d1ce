/** Where the page's site is: the gallery's server, or files on a static host, below any path. */
import { IS_BROWSER } from "fresh/runtime";

/** What a page of a static site says on its root element: the way from it to the first page. */
const root = (): string | undefined => IS_BROWSER ? document.documentElement.dataset.root : undefined;

/** Whether there is a server that computes and keeps results; a static site has none. */
export const hasServer = (): boolean => root() === undefined;

/** The address of something on this site from its path, which begins with a slash. */
export function siteAddress(path: string): string {
  const up = root();
  return up === undefined ? path : new URL(up + path.slice(1), document.baseURI).href;
}
