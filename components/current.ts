/** Which link leads to the page that is shown. */
import type { VNode } from "preact";

/**
 * Says of a link whether it is the page's own. Fresh marks links by their addresses, and takes `/` for an ancestor of every
 * page, and every tool for the same page; what is said here, once the link is made, holds.
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
