import { type BuildCache, islandsOf } from "./build_cache.ts";
import { setBuildId } from "./build_id.ts";
import type { RouteFile } from "./route_files.ts";

/** What `_fresh/snapshot.js` says of a build. */
export interface Snapshot {
  readonly buildId: string;
  readonly runtime: string;
  readonly islands: readonly { name: string; script: string; module: Record<string, unknown> }[];
  readonly routes: readonly RouteFile<unknown>[];
  /** By the path of the address; `file` is relative to the root. */
  readonly files: Readonly<Record<string, { file: string; type: string; hash: string }>>;
}

/** A build that lies on the disk. */
export function diskCache(root: string, snapshot: Snapshot): BuildCache {
  setBuildId(snapshot.buildId);
  const files = new Map(Object.entries(snapshot.files));
  return {
    root,
    buildId: snapshot.buildId,
    runtime: snapshot.runtime,
    islands: islandsOf(snapshot.islands),
    routes: snapshot.routes,
    async staticFile(path) {
      const entry = files.get(path);
      if (!entry) return null;
      const name = `${root}/${entry.file}`;
      const { size } = await Deno.stat(name);
      return { type: entry.type, hash: entry.hash, size, open: async () => (await Deno.open(name)).readable };
    },
  };
}
