/** Pages of the gallery as files of a static site. */
import { staticPath } from "../components/site.ts";

/** The way from a page to the first one: `../../` from `/sections/one-step`. */
export function relativeRoot(path: string): string {
  const depth = staticPath(path).split("/").length - 1;
  return depth === 0 ? "./" : "../".repeat(depth);
}

/** The paths on this site that a page's elements name. */
export function pathsOf(html: string): string[] {
  return [...html.matchAll(/\s(?:href|src|action)="(\/[^"]*)"/g)].map(([, path]) =>
    path.replaceAll("&amp;", "&")
  );
}

/**
 * A page that works below any path: its addresses are relative, and it says where the first page is and that there is no server.
 *
 * @param html The page as the server renders it.
 * @param path Its path there.
 */
export function staticPage(html: string, path: string): string {
  const up = relativeRoot(path);
  const relative = (address: string) => up + staticPath(address);
  return html
    .replace("<html", `<html data-root="${up}"`)
    .replace(/<form class="hero-prompt" action="\/play" data-run="(\w+)">/, (_, tool) => {
      return `<form class="hero-prompt" action="${up}play/${tool}/" data-run="${tool}">`;
    })
    .replaceAll(/(\s(?:href|src|action)=")(\/[^"]*)"/g, (_, start, address) => {
      return `${start}${relative(address.replaceAll("&amp;", "&")).replaceAll("&", "&amp;")}"`;
    })
    // The imports of the islands, at the end of a page.
    .replaceAll(/(from\s*|import\s*)"(\/_fresh\/[^"]+)"/g, (_, start, address) => {
      return `${start}"${relative(address)}"`;
    })
    .replace("</head>", `<script src="${up}offline.js" defer></script></head>`);
}
