import { assertEquals } from "@std/assert";

/** What the application may use: the public interface of Fresh 2.3. */
const allowed: Record<string, string[]> = {
  "fresh": [
    "App",
    "Context",
    "createDefine",
    "csp",
    "CSPOptions",
    "Define",
    "FreshContext",
    "HandlerByMethod",
    "HandlerFn",
    "HttpError",
    "LayoutConfig",
    "ListenOptions",
    "Method",
    "Middleware",
    "page",
    "PageProps",
    "PageResponse",
    "Route",
    "RouteConfig",
    "RouteData",
    "RouteHandler",
    "staticFiles",
  ],
  "fresh/runtime": ["IS_BROWSER", "Head", "asset", "assetSrcSet", "HttpError", "Partial"],
  "fresh/dev": ["Builder"],
};

/** Members of contexts and applications that an application may use. */
const members: Record<string, string[]> = {
  ctx: [
    ..."config url req route params state data error info isPartial Component next".split(" "),
    ..."render redirect text html json stream upgrade".split(" "),
  ],
  app: [
    ..."config use get post put patch delete head all ws route layout appWrapper notFound onError".split(" "),
    ..."fsRoutes mountApp handler listen".split(" "),
  ],
  builder: ["build", "listen", "registerIsland", "onTransformStaticFile", "config"],
};

const root = new URL("../../../", import.meta.url);

async function* sources(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    if (isDirectory && !name.startsWith(".")) yield* sources(new URL(`${name}/`, folder));
    else if (isFile && /\.tsx?$/.test(name)) yield new URL(name, folder);
  }
}

/** What is wrong with a file's use of Fresh. */
function faults(code: string): string[] {
  const found: string[] = [];
  // A dynamic import is read as the static one that it stands for: `const { Builder } = await import("fresh/dev")`.
  const text = code.replace(
    /const\s+(\{[^}]*\})\s*=\s*await\s+import\s*\(\s*(["'](?:fresh|jsr:@fresh\/core)[^"']*["'])\s*\)/g,
    "import $1 from $2",
  );
  const pattern =
    /(?:import|export)\s+(type\s+)?([^;'"]*?)\s*from\s*["']((?:fresh|jsr:@fresh\/core)[^"']*)["']/g;
  for (const [, , clause, module] of text.matchAll(pattern)) {
    const names = /^\{([^}]*)\}$/s.exec(clause.trim());
    if (!(module in allowed) || !names) {
      found.push(`${clause} from ${module}`);
      continue;
    }
    for (const part of names[1].split(",")) {
      const name = part.trim().replace(/^type\s+/, "").split(/\s+as\s+/)[0];
      if (name && !allowed[module].includes(name)) found.push(`${name} from ${module}`);
    }
  }
  if (/import\s*\(\s*["'`](?:fresh|jsr:@fresh)/.test(text)) found.push("import() of fresh");
  if (/["'][^"']*compat\/fresh/.test(code)) found.push("a path to the stand-in");
  for (const [object, known] of Object.entries(members)) {
    for (const [, name] of code.matchAll(new RegExp(`(?<![\\w./"])${object}\\.(?!tsx?\\b)(\\w+)`, "g"))) {
      if (!known.includes(name)) found.push(`${object}.${name}`);
    }
  }
  return found;
}

Deno.test("the application uses nothing of Fresh that is not its public interface", async () => {
  const wrong: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(root)) {
    if (isFile && /\.tsx?$/.test(name)) {
      wrong.push(...faults(await Deno.readTextFile(new URL(name, root))).map((fault) => `${name}: ${fault}`));
    }
    if (isDirectory && ["routes", "islands", "components", "server", "cli", "lib", "report"].includes(name)) {
      for await (const file of sources(new URL(`${name}/`, root))) {
        wrong.push(...faults(await Deno.readTextFile(file)).map((fault) => `${file.pathname}: ${fault}`));
      }
    }
  }
  assertEquals(wrong, []);
});

Deno.test("what is not public is found", () => {
  assertEquals(faults('import { App, type PageProps } from "fresh";'), []);
  assertEquals(faults('import { setBuildCache } from "fresh/internal";'), [
    "{ setBuildCache } from fresh/internal",
  ]);
  assertEquals(faults('import {\n  App,\n  Nothing as App2,\n} from "fresh";'), ["Nothing from fresh"]);
  assertEquals(faults('import * as fresh from "fresh";'), ["* as fresh from fresh"]);
  assertEquals(faults('await import("fresh");'), ["import() of fresh"]);
  assertEquals(faults('const { Builder } = await import("fresh/dev");'), []);
  assertEquals(faults('const { Secret } = await import("fresh/dev");'), ["Secret from fresh/dev"]);
  assertEquals(faults('import "../compat/fresh/mod";'), ["a path to the stand-in"]);
  assertEquals(faults("ctx.render(x); ctx.secret();"), ["ctx.secret"]);
});

Deno.test("the stand-in has nothing that is not public", async () => {
  for (const [module, names] of Object.entries(allowed)) {
    const file = { "fresh": "mod.ts", "fresh/runtime": "runtime.ts", "fresh/dev": "dev.ts" }[module]!;
    const exported = Object.keys(await import(`../../../compat/fresh/${file}`));
    assertEquals(exported.filter((name) => !names.includes(name)), [], module);
  }
});
