import type { FunctionComponent } from "preact";
import type { RouteFile } from "./route_files.ts";

/** A static file that can be answered with. */
export interface StaticFile {
  readonly type: string;
  readonly size: number;
  /** A digest of its bytes, or null where they are not kept. */
  readonly hash: string | null;
  open(): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer>>;
}

/** An island: a component that is revived in the browser. */
export interface Island {
  /** Its name on the page. */
  readonly name: string;
  /** Its name in its module. */
  readonly exportName: string;
  /** The address of its module's script. */
  readonly script: string;
}

/** What a build has made. */
export interface BuildCache {
  readonly root: string;
  readonly buildId: string;
  /** The address of the script that revives islands. */
  readonly runtime: string;
  readonly islands: ReadonlyMap<FunctionComponent, Island>;
  // deno-lint-ignore no-explicit-any -- the state is the application's
  readonly routes: readonly RouteFile<any>[];
  staticFile(path: string): Promise<StaticFile | null>;
}

/** What stands in for a build where there is none. */
export const emptyCache: BuildCache = {
  root: ".",
  buildId: "none",
  runtime: "",
  islands: new Map(),
  routes: [],
  staticFile: () => Promise.resolve(null),
};

/** The islands of modules: every function that they export. */
export function islandsOf(
  modules: readonly { name: string; script: string; module: Record<string, unknown> }[],
): Map<FunctionComponent, Island> {
  const islands = new Map<FunctionComponent, Island>();
  const taken = new Set<string>();
  for (const { name: file, script, module } of modules) {
    for (const [exportName, value] of Object.entries(module)) {
      if (typeof value !== "function") continue;
      const base = exportName === "default" ? file : exportName;
      let name = base;
      for (let i = 1; taken.has(name); i++) name = `${base}_${i}`;
      taken.add(name);
      islands.set(value as FunctionComponent, { name, exportName, script });
    }
  }
  return islands;
}
