import type { BuildCache } from "./build_cache.ts";
import { emptyCache } from "./build_cache.ts";
import { Context } from "./context.ts";
import { HttpError } from "./http_error.ts";
import type { RouteFile } from "./route_files.ts";
import { Router } from "./router.ts";
import { answerRoute, runChain, Segment } from "./segments.ts";
import type {
  LayoutConfig,
  Method,
  Middleware,
  PageComponent,
  ResolvedConfig,
  Route,
  RouteConfig,
} from "./types.ts";

export type ListenOptions = Partial<Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem> & {
  remoteAddress?: string;
};

// deno-lint-ignore no-explicit-any -- applications with any state
const caches = new WeakMap<App<any>, BuildCache>();

/** Tells an application what its build has made. */
export function setBuildCache<State>(app: App<State>, cache: BuildCache, mode: ResolvedConfig["mode"]): void {
  app.config.root = cache.root;
  app.config.mode = mode;
  caches.set(app, cache);
}

/** Something that was added to an application, in order. */
type Step<State> = (build: { root: Segment<State>; router: Router<Middleware<State>>; cache: BuildCache }) =>
  | void
  | Promise<void>;

/** A web application: middlewares and routes. */
export class App<State = unknown> {
  config: ResolvedConfig;
  #steps: Step<State>[] = [];

  constructor(config: Partial<Pick<ResolvedConfig, "basePath" | "mode" | "trustProxy">> = {}) {
    this.config = { root: ".", basePath: "", mode: "production", trustProxy: false, ...config };
  }

  use(...middlewares: Middleware<State>[]): this;
  use(path: string, ...middlewares: Middleware<State>[]): this;
  use(first: string | Middleware<State>, ...rest: Middleware<State>[]): this {
    const [path, middlewares] = typeof first === "string" ? [first, rest] : ["*", [first, ...rest]];
    this.#steps.push(({ root }) => void root.at(parts(path)).middlewares.push(...middlewares));
    return this;
  }

  get = (path: string, ...fns: Middleware<State>[]): this => this.#on(["GET"], path, fns);
  post = (path: string, ...fns: Middleware<State>[]): this => this.#on(["POST"], path, fns);
  put = (path: string, ...fns: Middleware<State>[]): this => this.#on(["PUT"], path, fns);
  patch = (path: string, ...fns: Middleware<State>[]): this => this.#on(["PATCH"], path, fns);
  delete = (path: string, ...fns: Middleware<State>[]): this => this.#on(["DELETE"], path, fns);
  head = (path: string, ...fns: Middleware<State>[]): this => this.#on(["HEAD"], path, fns);
  all = (path: string, ...fns: Middleware<State>[]): this => this.#on("ALL", path, fns);

  #on(methods: "ALL" | Method[], path: string, fns: Middleware<State>[]): this {
    this.#steps.push(({ root, router }) => {
      const chain = [...root.at(parts(path)).chain(), ...fns];
      router.add(methods, this.config.basePath + (path === "*" ? "/*" : path), (ctx) => runChain(ctx, chain));
    });
    return this;
  }

  route(path: string, route: Route<State> | (() => Promise<Route<State>>), config?: RouteConfig): this {
    this.#steps.push(({ root, router }) => {
      const load = typeof route === "function" ? route : () => Promise.resolve(route);
      addRoute(root.at(parts(path)), router, this.config.basePath + path, load, config?.methods);
    });
    return this;
  }

  layout(path: string, component: PageComponent<unknown, State>, config?: LayoutConfig): this {
    this.#steps.push(({ root }) => void (root.at(parts(path)).layout = { component, config }));
    return this;
  }

  appWrapper(component: PageComponent<unknown, State>): this {
    this.#steps.push(({ root }) => void (root.app = component));
    return this;
  }

  notFound(route: Route<State> | Middleware<State>): this {
    this.#steps.push(({ root }) => void (root.notFound = notFoundOf(route)));
    return this;
  }

  onError(path: string, route: Route<State> | Middleware<State>): this {
    this.#steps.push(({ root }) => void (root.at(parts(path)).error = routeOf(route)));
    return this;
  }

  /** Adds the routes of the files in `routes/`. */
  fsRoutes(pattern = "*"): this {
    const base = this.config.basePath + pattern.replace(/\/?\*$/, "");
    this.#steps.push(async ({ root, router, cache }) => {
      for (const file of cache.routes) await addFile(root, router, base, file);
    });
    return this;
  }

  handler(): (req: Request, info?: Deno.ServeHandlerInfo) => Promise<Response> {
    const cache = caches.get(this) ?? emptyCache;
    let ready: Promise<{ root: Segment<State>; router: Router<Middleware<State>> }> | undefined;
    return async (
      req,
      info = {
        remoteAddr: { transport: "tcp", hostname: "localhost", port: 0 },
        completed: Promise.resolve(),
      },
    ) => {
      const { root, router } = await (ready ??= this.#build(cache));
      const url = new URL(req.url);
      url.pathname = url.pathname.replace(/\/+/g, "/");
      const method = req.method as Method;
      const { pattern, params, item, methods } = router.match(method, url);
      const unanswered = (): Promise<Response> => {
        if (pattern === null || item !== null) throw new HttpError(404);
        if (method !== "OPTIONS") throw new HttpError(405);
        return Promise.resolve(new Response(null, { status: 204, headers: { allow: methods.join(", ") } }));
      };
      const next = async () => await unanswered();
      const ctx = new Context<State>({
        config: this.config,
        url,
        req,
        route: pattern,
        params,
        info,
        next,
        cache,
      });
      try {
        const response = await (item ? item(ctx) : runChain(ctx, root.chain()));
        return method === "HEAD" ? new Response(null, response) : response;
      } catch (error) {
        return plainError(error);
      }
    };
  }

  async #build(cache: BuildCache) {
    const root = new Segment<State>();
    const router = new Router<Middleware<State>>();
    for (const step of this.#steps) await step({ root, router, cache });
    return { root, router };
  }

  /** Serves; without a port, on the first that is free from 8000 on. */
  async listen(options: ListenOptions = {}): Promise<void> {
    const handler = this.handler();
    const candidates = options.port === undefined
      ? Array.from({ length: 20 }, (_, i) => 8000 + i)
      : [options.port];
    for (const port of candidates) {
      try {
        await Deno.serve({ ...options, port } as Deno.ServeTcpOptions, handler).finished;
        return;
      } catch (error) {
        if (!(error instanceof Deno.errors.AddrInUse) || port === candidates.at(-1)) throw error;
      }
    }
  }
}

/** The segments of a path as it is written in code. */
function parts(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== "*");
}

function routeOf<State>(route: Route<State> | Middleware<State>): Route<State> {
  return typeof route === "function" ? { handler: route } : route;
}

/** As upstream: a page for what was not found has status 200 unless it says otherwise. */
function notFoundOf<State>(route: Route<State> | Middleware<State>): Middleware<State> {
  return (ctx) => answerRoute(ctx, routeOf(route));
}

function addRoute<State>(
  segment: Segment<State>,
  router: Router<Middleware<State>>,
  pattern: string,
  load: () => Promise<Route<State>>,
  methods: "ALL" | Method[] = "ALL",
): void {
  const chain = segment.chain();
  router.add(
    methods,
    pattern,
    async (ctx) => await runChain(ctx, [...chain, async (c) => answerRoute(c, await load())]),
  );
}

async function addFile<State>(
  root: Segment<State>,
  router: Router<Middleware<State>>,
  base: string,
  file: RouteFile<State>,
): Promise<void> {
  const segment = root.at(file.segments);
  if (file.kind === "route") {
    const pattern = base + file.pattern;
    addRoute(segment, router, base && file.pattern === "/" ? base : pattern, async () => {
      const { default: component, handler, handlers, config } = await file.load();
      return { component, handler: handlers ?? handler, config };
    });
    return;
  }
  const { default: component, handler, handlers, config } = await file.load();
  const route: Route<State> = { component, handler: handlers ?? handler, config };
  switch (file.kind) {
    case "app":
      root.app = component as PageComponent<unknown, State>;
      break;
    case "layout":
      segment.layout = { component: component as PageComponent<unknown, State>, config };
      break;
    case "error":
      segment.error = route;
      break;
    case "notFound":
      root.notFound = notFoundOf(route);
      break;
    case "middleware":
      segment.middlewares.push(
        ...[(route.handler ?? component) as Middleware<State> | Middleware<State>[]].flat(),
      );
  }
}

function plainError(error: unknown): Response {
  if (error instanceof HttpError) {
    if (error.status >= 500) console.error(error);
    return new Response(error.message, { status: error.status });
  }
  console.error(error);
  return new Response("Internal server error", { status: 500 });
}
