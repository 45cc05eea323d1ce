/** Pages of the gallery as files. */
import { assertEquals } from "@std/assert";
import { staticPath } from "../../components/site.ts";
import { pathsOf, staticPage } from "../../site/static_page.ts";

Deno.test("a page lies in a folder of its own, a file where it is, a tool beside the playground", () => {
  const places = {
    "/": "",
    "/play": "play/",
    "/play?tool=views&p=1#result": "play/views/?p=1#result",
    "/sections/one-step#text": "sections/one-step/#text",
    "/gallery.css?v=1": "gallery.css?v=1",
    "/api/images/cat": "api/images/cat",
    "/#one-step": "#one-step",
  };
  for (const [path, place] of Object.entries(places)) assertEquals(staticPath(path), place, path);
});

Deno.test("a page's addresses are relative, so that it works below any path", () => {
  const html = '<html lang="en"><head></head><body><a href="/play?tool=views&amp;p=1">x</a>' +
    '<img src="/report/a/b.png"><a href="https://example.org/">y</a>' +
    '<script>import { boot } from "/_fresh/js/1/run.js";</script></body></html>';
  assertEquals(pathsOf(html), ["/play?tool=views&p=1", "/report/a/b.png"]);
  assertEquals(
    staticPage(html, "/sections/one-step"),
    '<html data-root="../../" lang="en"><head><script src="../../offline.js" defer></script></head><body>' +
      '<a href="../../play/views/?p=1">x</a><img src="../../report/a/b.png"><a href="https://example.org/">y</a>' +
      '<script>import { boot } from "../../_fresh/js/1/run.js";</script></body></html>',
  );
  assertEquals(staticPage("<html><head></head></html>", "/").includes('src="./offline.js"'), true);
});
