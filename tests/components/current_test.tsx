/** The marks of links, under the hook by which Fresh marks them too. */
import { assertEquals } from "@std/assert";
import { options } from "preact";
import { renderToString } from "preact-render-to-string";
import { marked } from "../../components/current.ts";

Deno.test("a link is marked as the page says, whatever Fresh makes of its address", () => {
  const before = options.vnode;
  // What Fresh 2 does for `/` on every page but that one.
  options.vnode = (vnode) => {
    if (vnode.type === "a") (vnode.props as unknown as Record<string, unknown>)["aria-current"] = "true";
  };
  try {
    assertEquals(renderToString(<a href="/">Report</a>), '<a href="/" aria-current="true">Report</a>');
    assertEquals(renderToString(marked(<a href="/">Report</a>, false)), '<a href="/">Report</a>');
    assertEquals(
      renderToString(marked(<a href="/">Report</a>, true)),
      '<a href="/" aria-current="page">Report</a>',
    );
  } finally {
    options.vnode = before;
  }
});
