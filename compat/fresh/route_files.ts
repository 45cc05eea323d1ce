import type { AnyComponent } from "preact";
import type { PageProps, RouteConfig, RouteHandler } from "./types.ts";

export type RouteKind = "app" | "layout" | "middleware" | "error" | "notFound" | "route";

/** What a file in `routes/` may export. */
export interface RouteModule<State> {
  // deno-lint-ignore no-explicit-any -- a page's data are its own
  default?: AnyComponent<PageProps<any, State>>;
  // deno-lint-ignore no-explicit-any -- as above
  handler?: RouteHandler<any, State>;
  // deno-lint-ignore no-explicit-any -- as above
  handlers?: RouteHandler<any, State>;
  config?: RouteConfig;
}

/** A file in `routes/`, by its place. */
export interface RoutePlace {
  readonly kind: RouteKind;
  /** The segments of the tree of middlewares and layouts above it. */
  readonly segments: readonly string[];
  /** The pattern of the paths that it answers; empty but for routes. */
  readonly pattern: string;
}

export interface RouteFile<State> extends RoutePlace {
  readonly load: () => Promise<RouteModule<State>>;
}

const special: Record<string, RouteKind> = {
  _app: "app",
  _layout: "layout",
  _middleware: "middleware",
  _error: "error",
  _500: "error",
  _404: "notFound",
};

/** What a file is, from its path below `routes/`; undefined if it is no route. */
export function placeOf(path: string): RoutePlace | undefined {
  const parts = path.replace(/\.[jt]sx?$/, "").split("/");
  if (parts.slice(0, -1).some((part) => /^\(_.*\)$/.test(part))) return undefined;
  const name = parts.at(-1)!;
  const segments = parts.slice(0, -1).map(segmentPattern);
  const kind = special[name] ?? "route";
  if (kind !== "route") return { kind, segments, pattern: "" };
  const own = name === "index" ? parts.slice(0, -1) : parts;
  const pattern = own.filter((part) => !/^\(.*\)$/.test(part)).map((part) => {
    const piece = segmentPattern(part);
    return piece.startsWith("{/") ? piece : `/${piece}`;
  }).join("");
  return {
    kind,
    segments,
    pattern: pattern.startsWith("{/") ? `/${pattern.replace("{/", "{")}` : pattern || "/",
  };
}

/** `[id]` as `:id`, `[[id]]` as `{/:id}?`, `[...rest]` as `:rest*`; a name that mixes them keeps its other letters. */
function segmentPattern(part: string): string {
  const optional = /^\[\[(\w+)\]\]$/.exec(part);
  if (optional) return `{/:${optional[1]}}?`;
  const rest = /^\[\.\.\.(\w+)\]$/.exec(part);
  if (rest) return `:${rest[1]}*`;
  return part.replaceAll(/\[(\w+)\]/g, ":$1");
}

/** Sorts paths of files: special ones first, literal names before `[x]`, `[...x]` last. */
export function comparePaths(a: string, b: string): number {
  const [as, bs] = [a.split("/"), b.split("/")];
  for (let i = 0; i < Math.min(as.length, bs.length); i++) {
    const difference = rank(as[i], i === as.length - 1) - rank(bs[i], i === bs.length - 1);
    if (difference !== 0) return difference;
    if (as[i] !== bs[i]) return as[i] < bs[i] ? -1 : 1;
  }
  return as.length - bs.length;
}

function rank(part: string, last: boolean): number {
  const name = last ? part.replace(/\.[jt]sx?$/, "") : part;
  if (name === "_app") return 0;
  if (name === "_middleware") return 1;
  if (name in special) return 2;
  if (name.startsWith("[...")) return 9;
  if (name.startsWith("[")) return 8;
  return name === "index" ? 4 : 5;
}
