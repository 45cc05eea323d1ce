/** Which link leads to the page that is shown. */
import type { VNode } from "preact";

/**
 * Marks whether a link leads to the current page. Fresh marks links by address, and takes `/` for an ancestor of every
 * page, and every tool for the same page; this overrides it.
 *
 * @param link The link.
 * @param current Whether it leads to the page that is shown, or to what that is a part of.
 * @returns The same link.
 */
export function marked(link: VNode, current: boolean): VNode {
  const props = link.props as Record<string, unknown>;
  if (current) props["aria-current"] = "page";
  else delete props["aria-current"];
  return link;
}
