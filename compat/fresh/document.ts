import { Fragment, h, isValidElement, type VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import type { BuildCache } from "./build_cache.ts";
import { setNonce } from "./csp.ts";
import { withHead } from "./head.ts";
import { type Rendering, rendering, Slot } from "./islands.ts";
import { serialize } from "./serialize.ts";
import type { ResolvedConfig } from "./types.ts";

interface DocumentOptions {
  readonly cache: BuildCache;
  readonly config: ResolvedConfig;
  readonly init: ResponseInit;
}

/** A page as a whole document: with what its `Head`s have, and the script that revives its islands. */
export function renderDocument(tree: VNode | null, { cache, init, config }: DocumentOptions): Response {
  const state: Rendering = {
    cache,
    nonce: crypto.randomUUID().replaceAll("-", ""),
    islands: new Set(),
    props: [],
    slots: [],
  };
  const { html, head, end } = rendering(state, () => {
    const { result, head } = withHead(() => renderToString(tree ?? h(Fragment, null)));
    return { html: result, head: renderToString(h(Fragment, null, head)), end: templates(state) };
  });
  const scripts = state.islands.size > 0 ? end + bootScript(state, config) : "";
  const headers = new Headers(init.headers);
  headers.set("content-type", "text/html; charset=utf-8");
  if (state.islands.size > 0) {
    const addresses = [cache.runtime, ...new Set(Array.from(state.islands, ({ script }) => script))];
    headers.append(
      "link",
      addresses.map((a) => `<${encodeURI(config.basePath + a)}>; rel="modulepreload"; as="script"`).join(
        ", ",
      ),
    );
  }
  const response = new Response(`<!DOCTYPE html>${assemble(html, head, scripts)}`, { ...init, headers });
  setNonce(response, state.nonce);
  return response;
}

/** The document's parts put together, those that the page does not have itself added. */
function assemble(html: string, head: string, scripts: string): string {
  if (!/<body[\s>]/.test(html)) html = `<body>${html}</body>`;
  if (!/<head[\s>]/.test(html)) {
    html = html.replace(/<body[\s>]/, (b) => `<head><meta charset="utf-8"></head>${b}`);
  }
  if (!/<html[\s>]/.test(html)) html = `<html>${html}</html>`;
  return insertBefore(insertBefore(html, "</head>", head, html.indexOf("</head>")), "</body>", scripts);
}

function insertBefore(html: string, tag: string, addition: string, at = html.lastIndexOf(tag)): string {
  return html.slice(0, at) + addition + html.slice(at);
}

/** Slots that no island has shown yet wait in templates. */
function templates({ slots }: Rendering): string {
  let html = "";
  for (let id = 0; id < slots.length; id++) {
    const { name, rendered } = slots[id];
    if (!rendered) html += renderToString(h("template", { id: `frsh-${id}-${name}` }, h(Slot, { id, name })));
  }
  return html;
}

function bootScript({ cache, islands, props, nonce }: Rendering, { basePath }: ResolvedConfig): string {
  const payload = serialize(props, [{
    type: "Slot",
    write: (value) =>
      isValidElement(value) && (value as VNode).type === Slot
        ? { value: { ...(value as VNode<{ id: number; name: string }>).props } }
        : undefined,
  }]);
  const all = [...islands];
  const imports = all.map(({ exportName, name, script }) =>
    `import ${exportName === "default" ? name : `{ ${exportName} as ${name} }`} from ${
      literal(basePath + script)
    };`
  );
  const code = `import { boot } from ${literal(basePath + cache.runtime)};${imports.join("")}` +
    `boot({${all.map(({ name }) => name).join(",")}},${literal(payload)},${literal(cache.buildId)});`;
  return `<script type="module" nonce="${nonce}">${code}</script>`;
}

/** A string as JavaScript that cannot end the script it stands in. */
function literal(text: string): string {
  return JSON.stringify(text).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028").replaceAll(
    "\u2029",
    "\\u2029",
  );
}
