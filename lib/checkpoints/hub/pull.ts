/**
 * Pulls models from a hub.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { ArgumentError } from "../../argument_error.ts";
import { described } from "../../show_value.ts";
import { readModelIndex } from "../folder.ts";
import { Connection } from "./connection.ts";
import { endpointInEnvironment, pulledModelsFolder, readToken, sharedCacheFolder } from "./environment.ts";
import { HubError } from "./error.ts";
import { type Listing, listRepository } from "./listing.ts";
import { fillModelFolder } from "./model_folder.ts";
import { checkRevision, isRepo } from "./paths.ts";
import type { RemoteFile } from "./remote_file.ts";
import { selectModel, selectPipeline, type Wanted } from "./selection.ts";
import { SharedCache } from "./shared_cache.ts";
import { storing } from "./storage_error.ts";
import { assertOptions, type OptionNames } from "../../options.ts";

/** How far a pull has come. */
export interface PullProgress {
  /** The file that is being downloaded: its path in the repository. */
  readonly path: string;
  /** The bytes that are there, of all files. */
  readonly done: number;
  /** The bytes of all files. */
  readonly total: number;
}

/** How to pull a model. */
export interface PullOptions {
  /** A branch, a tag or a commit (default: `main`). */
  readonly revision?: string;
  /** The variant of the weights, such as `fp16`; components that have none of it give the weights without a variant. */
  readonly variant?: string;
  /** The components of a pipeline, such as `["unet", "scheduler"]` (default: all that this library has a use for). */
  readonly components?: readonly string[];
  /** Called when the files are known, and as they arrive. */
  readonly onProgress?: (progress: PullProgress) => void;
  /** Ends the pull; what has arrived stays, for the next one to go on from. */
  readonly signal?: AbortSignal;
  /** The hub's address (default: the variable `HF_ENDPOINT`, else that of the public hub). */
  readonly endpoint?: string;
  /** An access token; null for none (default: the variable `HF_TOKEN`, else the file of the hub's own tools). */
  readonly token?: string | null;
  /** The cache shared with the hub's other tools (default: `HF_HUB_CACHE`, `HF_HOME`, `~/.cache/huggingface/hub`). */
  readonly sharedCache?: string;
  /** Where models are opened from (default: `models` in the folder `DENOISE_CACHE`, else in `~/.cache/denoise`). */
  readonly modelsFolder?: string;
  /** How often in a row a request may fail before it is given up (default: 5). */
  readonly retries?: number;
  /** The pause after the first failure in milliseconds; each further one is twice as long (default: 1000). */
  readonly retryDelay?: number;
  /** After how many milliseconds of silence a connection counts as broken (default: 60000). */
  readonly timeout?: number;
}

const pullOptionNames: OptionNames<PullOptions> = {
  revision: true,
  variant: true,
  components: true,
  onProgress: true,
  signal: true,
  endpoint: true,
  token: true,
  sharedCache: true,
  modelsFolder: true,
  retries: true,
  retryDelay: true,
  timeout: true,
};

/**
 * Downloads a model in the layout of diffusers from a hub: only the files that are needed, those that are there already not
 * again, and the rest of those of which a part is there. Size and hash of each file are checked; a file has its name only when
 * it is whole, and the model its folder only when all files are there.
 *
 * The files go to the cache that the hub's other tools use too, and get second names (hard links) in a folder that networks
 * can be opened from, `ORG/NAME` in {@linkcode PullOptions.modelsFolder}; where the two folders lie on different disks, they
 * are copied instead, and take room twice. {@linkcode findPulledModel} tells which it was.
 *
 * Needs the permissions to use the network (the hub, and the hosts that it redirects to), to read and write both folders, and
 * to read the variables whose options are not given.
 *
 * @param repo The repository, `ORG/NAME`.
 * @param options What to pull, from where to where.
 * @returns The folder, for {@linkcode loadModel} and the like.
 * @throws {ArgumentError} if an argument is none that is expected.
 * @throws {HubError} if the repository cannot be had; the message says why, and what to do.
 * @throws {CheckpointError} if its `model_index.json` is none.
 *
 * @example
 * ```ts ignore
 * // Not run by the tests: it downloads a gigabyte, with a token.
 * import { pullModel } from "@denoise/denoise/hub";
 *
 * const folder = await pullModel("DeepFloyd/IF-I-M-v1.0", {
 *   variant: "fp16",
 *   components: ["unet", "scheduler"],
 *   onProgress: ({ path, done, total }) => console.log(`${path}: ${Math.floor(100 * done / total)} %`),
 *   signal: AbortSignal.timeout(3_600_000),
 * });
 * ```
 */
export async function pullModel(repo: string, options: PullOptions = {}): Promise<string> {
  assertOptions(options, pullOptionNames);
  const { revision = "main", signal } = options;
  if (!isRepo(repo)) {
    throw new ArgumentError("repo", repo, "ORG/NAME");
  }
  checkRevision(revision);
  signal?.throwIfAborted();
  const cacheFolder = resolve(options.sharedCache ?? sharedCacheFolder());
  const modelsFolder = resolve(options.modelsFolder ?? pulledModelsFolder());
  const connection = await connect(repo, revision, options);
  const listing = await listRepository(connection);
  const cache = new SharedCache(cacheFolder, repo);
  const files = await storing(cacheFolder, async () => {
    const needed = await findNeeded(listing, cache, connection, options);
    await fetchAll(needed, listing.commit, cache, connection, options.onProgress);
    await cache.note(revision, listing.commit);
    return needed;
  });
  const folder = join(modelsFolder, repo);
  await storing(modelsFolder, () => {
    const pulled = files.map((file) => {
      const { path, size, digest } = file;
      return { path, size, hash: digest.hex, blob: cache.blob(file) };
    });
    return fillModelFolder(folder, { repo, revision, commit: listing.commit, files: pulled }, signal);
  });
  return folder;
}

async function connect(repo: string, revision: string, options: PullOptions): Promise<Connection> {
  const token = options.token === undefined ? await readToken() : options.token || undefined;
  if (token !== undefined && !/^[\x21-\x7e]{1,1000}$/.test(token)) {
    throw new ArgumentError(
      "token",
      described("one with spaces or line breaks"),
      "an access token without them",
    );
  }
  const address = options.endpoint ?? endpointInEnvironment() ?? (await import("@huggingface/hub")).HUB_URL;
  const endpoint = URL.parse(address);
  if (
    !endpoint || !/^https?:$/.test(endpoint.protocol) || endpoint.search || endpoint.hash || endpoint.username
  ) {
    throw new ArgumentError("endpoint", address, "an address such as https://HOST");
  }
  return new Connection({
    endpoint,
    repo,
    revision,
    token,
    retries: whole("retries", options.retries ?? 5, 0),
    retryDelay: whole("retryDelay", options.retryDelay ?? 1000, 0),
    timeout: whole("timeout", options.timeout ?? 60_000, 1),
    signal: options.signal,
  });
}

function whole(name: string, value: number, min: number): number {
  const max = 2 ** 31 - 1; // the longest that a timer can wait
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new ArgumentError(name, value, `a whole number from ${min} to ${max}`);
}

/** The files that are needed; a pipeline's index says so, and is downloaded to know it. */
async function findNeeded(
  { commit, files }: Listing,
  cache: SharedCache,
  connection: Connection,
  wanted: Wanted,
): Promise<RemoteFile[]> {
  const { repo } = connection.options;
  const paths = [...files.keys()];
  let selected: string[];
  const index = files.get("model_index.json");
  if (index) {
    await cache.fetch(index, { connection, commit, onBytes: () => {} });
    selected = selectPipeline(paths, await readModelIndex(cache.snapshot(commit)), wanted);
  } else if (files.has("config.json")) {
    selected = selectModel(paths, wanted);
  } else {
    throw new HubError(
      "unsuitable",
      `${repo}: no model_index.json and no config.json where a model in the layout of diffusers is expected`,
    );
  }
  return selected.map((path) => files.get(path)!);
}

async function fetchAll(
  files: readonly RemoteFile[],
  commit: string,
  cache: SharedCache,
  connection: Connection,
  onProgress?: (progress: PullProgress) => void,
): Promise<void> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const bytes = new Map<RemoteFile, number>();
  for (const file of files) bytes.set(file, await cache.sizeOf(file));
  let done = [...bytes.values()].reduce((sum, size) => sum + size, 0);
  for (const file of files) {
    const onBytes = (now: number) => {
      done += now - bytes.get(file)!;
      bytes.set(file, now);
      onProgress?.({ path: file.path, done, total });
    };
    onBytes(bytes.get(file)!);
    await cache.fetch(file, { connection, commit, onBytes });
  }
}
