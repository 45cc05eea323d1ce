import { type Method, METHODS } from "./types.ts";

/** What a request's method and path have led to. */
export interface Match<T> {
  readonly pattern: string | null;
  readonly params: Record<string, string>;
  /** What answers, or null if the path is known but not for this method. */
  readonly item: T | null;
  /** The methods that the path is known for. */
  readonly methods: readonly Method[];
}

type ByMethod<T> = Map<Method, T>;

/** Finds what answers a request: literal paths first, then patterns in the order in which they were added. */
export class Router<T> {
  #literal = new Map<string, ByMethod<T>>();
  #patterns = new Map<string, { pattern: URLPattern; items: ByMethod<T> }>();

  add(methods: "ALL" | readonly Method[], path: string, item: T): void {
    let items: ByMethod<T>;
    if (/[:*{}()]/.test(path)) {
      const entry = this.#patterns.get(path) ??
        { pattern: new URLPattern({ pathname: path }), items: new Map() };
      this.#patterns.set(path, entry);
      items = entry.items;
    } else {
      items = this.#literal.get(path) ?? new Map();
      this.#literal.set(path, items);
    }
    for (const method of methods === "ALL" ? METHODS : methods) {
      if (!items.has(method)) items.set(method, item);
    }
  }

  match(method: Method, url: URL): Match<T> {
    const path = url.pathname;
    const other = path.endsWith("/") ? path.slice(0, -1) : `${path}/`;
    for (const candidate of path === "/" ? [path] : [path, other]) {
      const items = this.#literal.get(candidate);
      if (items) {
        return { pattern: candidate, params: {}, item: choose(items, method), methods: [...items.keys()] };
      }
    }
    for (const [name, { pattern, items }] of this.#patterns) {
      const found = pattern.exec(url);
      if (!found) continue;
      const params: Record<string, string> = {};
      for (const [key, value] of Object.entries(found.pathname.groups)) {
        params[key] = decoded(value ?? "");
      }
      return { pattern: name, params, item: choose(items, method), methods: [...items.keys()] };
    }
    return { pattern: null, params: {}, item: null, methods: [] };
  }
}

function choose<T>(items: ByMethod<T>, method: Method): T | null {
  return items.get(method) ?? (method === "HEAD" ? items.get("GET") : undefined) ?? null;
}

function decoded(text: string): string {
  try {
    return decodeURI(text);
  } catch {
    return text;
  }
}
