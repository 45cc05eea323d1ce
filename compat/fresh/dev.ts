/**
 * Builds and development.
 *
 * @module
 */
import { App, type ListenOptions, setBuildCache } from "./app.ts";
import { type BuildCache, islandsOf } from "./build_cache.ts";
import { setBuildId } from "./build_id.ts";
import { bundle, type Script } from "./bundle.ts";
import { contentType } from "./content_type.ts";
import { filesBelow } from "./crawl.ts";
import { comparePaths, placeOf, type RouteFile, type RoutePlace } from "./route_files.ts";

export interface BuildOptions {
  root?: string;
  outDir?: string;
  staticDir?: string | string[];
  islandDir?: string;
  routeDir?: string;
  serverEntry?: string;
  target?: string | string[];
  ignore?: RegExp[];
  sourceMap?: unknown;
}

type Mode = "development" | "production";

interface Config {
  root: string;
  outDir: string;
  staticDir: string[];
  islandDir: string;
  routeDir: string;
  serverEntry: string;
  ignore: RegExp[];
  mode: Mode;
  buildId: string;
}

interface Made {
  readonly scripts: Script[];
  readonly islands: { name: string; specifier: string; script: string }[];
  readonly routes: (RoutePlace & { specifier: string })[];
  /** Static files: address and path on the disk. */
  readonly files: Map<string, string>;
}

const TESTS = /[._]test\.(?:[tj]sx?|[mc][tj]s)$/;
const RUNTIME = "fresh-runtime";

/** Finds routes and islands, bundles the islands for the browser, and writes what a server needs. */
// deno-lint-ignore no-explicit-any -- as upstream: any application's
export class Builder<State = any> {
  config: Config;
  #registered: string[] = [];

  constructor(options: BuildOptions = {}) {
    const root = absolute(options.root ?? ".", Deno.cwd());
    this.config = {
      root,
      outDir: absolute(options.outDir ?? "_fresh", root),
      staticDir: [options.staticDir ?? "static"].flat().map((folder) => absolute(folder, root)),
      islandDir: absolute(options.islandDir ?? "islands", root),
      routeDir: absolute(options.routeDir ?? "routes", root),
      serverEntry: absolute(options.serverEntry ?? "main.ts", root),
      ignore: options.ignore ?? [TESTS],
      mode: "production",
      buildId: "",
    };
  }

  /** Makes an island of a module outside `islands/`. */
  registerIsland(specifier: string): void {
    this.#registered.push(specifier);
  }

  /** Builds, and gives what ties an application to the build. */
  async build(
    options: { mode?: Mode; snapshot?: "disk" | "memory" } = {},
  ): Promise<(app: App<State>) => void> {
    this.config.mode = options.mode ?? "production";
    this.config.buildId = await newBuildId();
    const made = await this.#make();
    if (options.snapshot !== "memory") await this.#write(made);
    setBuildId(this.config.buildId);
    const cache = await this.#memoryCache(made);
    return (app) => setBuildCache(app, cache, app.config.mode);
  }

  /** Serves an application as it is being written: pages load again when the process has started anew. */
  async listen(
    importApp: () => Promise<{ app: App<State> } | App<State>>,
    options: ListenOptions = {},
  ): Promise<void> {
    const apply = await this.build({ mode: "development", snapshot: "memory" });
    const imported = await importApp();
    const app = imported instanceof App ? imported : imported.app;
    app.config.mode = "development";
    apply(app);
    const inner = app.handler();
    const id = this.config.buildId;
    await new App({ mode: "development" })
      .get("/_fresh/alive", () => alive(id))
      .get(
        "/_fresh/reload.js",
        () =>
          new Response(RELOAD, {
            headers: { "content-type": "text/javascript", "cache-control": "no-store" },
          }),
      )
      .all("*", async (ctx) => withReload(await inner(ctx.req, ctx.info)))
      .listen(options);
  }

  async #make(): Promise<Made> {
    const { outDir, islandDir, routeDir, staticDir, mode, buildId, ignore } = this.config;
    const modules = (await filesBelow(islandDir)).map((file) => `${islandDir}/${file}`);
    const routes: Made["routes"] = [];
    for (const file of (await filesBelow(routeDir)).sort(comparePaths)) {
      if (!/\.[jt]sx?$/.test(file) || ignore.some((pattern) => pattern.test(file))) continue;
      const place = placeOf(file);
      if (place) routes.push({ ...place, specifier: fileUrl(`${routeDir}/${file}`) });
      else if (file.includes("(_islands)/")) modules.push(`${routeDir}/${file}`);
    }
    const specifiers = modules.filter((m) => /\.[jt]sx?$/.test(m) && !ignore.some((p) => p.test(m))).map(
      fileUrl,
    );
    const entries = new Map([[RUNTIME, {
      specifier: new URL("./client.ts", import.meta.url).href,
      hasDefault: false,
    }]]);
    const islands: Made["islands"] = [];
    for (const specifier of [...specifiers, ...this.#registered]) {
      const base = specifier.split("/").at(-1)!.replace(/\.\w+$/, "").replaceAll(/[^\w$]/g, "_");
      let name = base;
      for (let i = 1; entries.has(name); i++) name = `${base}_${i}`;
      entries.set(name, { specifier, hasDefault: "default" in await import(specifier) });
      islands.push({ name, specifier, script: `/_fresh/js/${buildId}/${name}.js` });
    }
    const scripts = await bundle(entries, `${outDir}/.entries`, mode === "production");
    const files = new Map<string, string>();
    for (const folder of staticDir) {
      for (const file of await filesBelow(folder)) {
        if (!files.has(`/${file}`)) files.set(`/${file}`, `${folder}/${file}`);
      }
    }
    return { scripts, islands, routes, files };
  }

  async #memoryCache({ scripts, islands, routes, files }: Made): Promise<BuildCache> {
    const { root, buildId } = this.config;
    const own = new Map(scripts.map(({ name, bytes }) => [`/_fresh/js/${buildId}/${name}`, bytes]));
    const hashes = new Map(
      await Promise.all(scripts.map(async ({ bytes }) => [bytes, await digest(bytes)] as const)),
    );
    return {
      root,
      buildId,
      runtime: `/_fresh/js/${buildId}/${RUNTIME}.js`,
      islands: islandsOf(
        await Promise.all(islands.map(async ({ name, specifier, script }) => ({
          name,
          script,
          module: await import(specifier),
        }))),
      ),
      routes: routes.map(({ specifier, ...place }): RouteFile<unknown> => ({
        ...place,
        load: () => import(specifier),
      })),
      async staticFile(path) {
        const type = contentType(path);
        const bytes = own.get(path);
        if (bytes) {
          return {
            type,
            size: bytes.length,
            hash: hashes.get(bytes)!,
            open: () => Promise.resolve(bytes),
          };
        }
        const file = files.get(path);
        if (!file) return null;
        const content = await Deno.readFile(file).catch(() => null);
        if (!content) return null;
        return {
          type,
          size: content.length,
          hash: await digest(content),
          open: () => Promise.resolve(content),
        };
      },
    };
  }

  async #write({ scripts, islands, routes, files }: Made): Promise<void> {
    const { root, outDir, buildId, serverEntry } = this.config;
    await Deno.remove(`${outDir}/static`, { recursive: true }).catch(() => {});
    const folder = `${outDir}/static/_fresh/js/${buildId}`;
    await Deno.mkdir(folder, { recursive: true });
    const entries: Record<string, { file: string; type: string; hash: string }> = {};
    for (const { name, bytes } of scripts) {
      await Deno.writeFile(`${folder}/${name}`, bytes);
      entries[`/_fresh/js/${buildId}/${name}`] = {
        file: relative(root, `${folder}/${name}`),
        type: contentType(name),
        hash: await digest(bytes),
      };
    }
    for (const [address, file] of files) {
      entries[address] = {
        file: relative(root, file),
        type: contentType(file),
        hash: await digest(await Deno.readFile(file)),
      };
    }
    const from = (specifier: string) => JSON.stringify(importPath(outDir, specifier));
    await Deno.writeTextFile(
      `${outDir}/snapshot.js`,
      [
        ...islands.map(({ specifier }, i) => `import * as island${i} from ${from(specifier)};`),
        `export const snapshot = {`,
        `  buildId: ${JSON.stringify(buildId)},`,
        `  runtime: ${JSON.stringify(`/_fresh/js/${buildId}/${RUNTIME}.js`)},`,
        `  islands: [`,
        ...islands.map(({ name, script }, i) =>
          `    { name: ${JSON.stringify(name)}, script: ${JSON.stringify(script)}, module: island${i} },`
        ),
        `  ],`,
        `  routes: [`,
        ...routes.map(({ kind, segments, pattern, specifier }) =>
          `    { kind: "${kind}", segments: ${JSON.stringify(segments)}, pattern: ${
            JSON.stringify(pattern)
          }, ` +
          `load: () => import(${from(specifier)}) },`
        ),
        `  ],`,
        `  files: ${JSON.stringify(entries, null, 2)},`,
        `};`,
        ``,
      ].join("\n"),
    );
    await Deno.writeTextFile(
      `${outDir}/compiled-entry.js`,
      `export { app } from ${from(fileUrl(serverEntry))};\n`,
    );
    await Deno.writeTextFile(
      `${outDir}/server.js`,
      [
        `import { diskCache, setBuildCache } from "fresh/internal";`,
        `import { snapshot } from "./snapshot.js";`,
        `import { app } from "./compiled-entry.js";`,
        `const root = new URL(${JSON.stringify(`${importPath(outDir, fileUrl(root))}`)}, import.meta.url);`,
        `setBuildCache(app, diskCache(decodeURIComponent(root.pathname).replace(/\\/$/, ""), snapshot), "production");`,
        `export default { fetch: app.handler() };`,
        ``,
      ].join("\n"),
    );
  }
}

/** The same for the same deployment or commit, otherwise new with each build. */
async function newBuildId(): Promise<string> {
  const name = ["DENO_DEPLOYMENT_ID", "GITHUB_SHA", "CI_COMMIT_SHA"].map(variable).find((value) => value);
  return await digest(new TextEncoder().encode(name ?? crypto.randomUUID()));
}

function variable(name: string): string | undefined {
  return Deno.permissions.querySync({ name: "env", variable: name }).state === "granted"
    ? Deno.env.get(name)
    : undefined;
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-1", bytes)).toHex();
}

function alive(id: string): Response {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(`retry: 300\ndata: ${id}\n\n`)),
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
  });
}

const RELOAD = `let build;
new EventSource("/_fresh/alive").onmessage = ({ data }) => {
  if (build !== undefined && build !== data) location.reload();
  build = data;
};
`;

async function withReload(response: Response): Promise<Response> {
  if (!response.headers.get("content-type")?.startsWith("text/html") || !response.body) return response;
  const html = await response.text();
  const at = html.lastIndexOf("</body>");
  const script = `<script type="module" src="/_fresh/reload.js"></script>`;
  return new Response(at < 0 ? html : html.slice(0, at) + script + html.slice(at), response);
}

function absolute(path: string, base: string): string {
  if (path.startsWith("file:")) return decodeURIComponent(new URL(path).pathname).replace(/\/$/, "");
  return new URL(path.replace(/\/$/, ""), `file://${base.replace(/\/$/, "")}/`).pathname.replace(/\/$/, "");
}

const fileUrl = (path: string): string => `file://${path}`;

function relative(root: string, path: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

/** How a module in `folder` imports a file. */
function importPath(folder: string, specifier: string): string {
  if (!specifier.startsWith("file://")) return specifier;
  const [from, to] = [folder.split("/"), specifier.slice("file://".length).split("/")];
  let common = 0;
  while (common < from.length && common < to.length && from[common] === to[common]) common++;
  const up = from.length - common;
  return [...(up === 0 ? ["."] : Array<string>(up).fill("..")), ...to.slice(common)].join("/");
}
