/** The name of the build, in the addresses of its files. Runs in the browser too. */
export let buildId = "development";

export function setBuildId(id: string): void {
  buildId = id;
}

/** The query parameter that ties an asset's address to a build. */
export const CACHE_KEY = "__frsh_c";
