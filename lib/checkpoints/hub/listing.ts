import { checkPath } from "./paths.ts";
import type { Connection } from "./connection.ts";
import { HubError } from "./error.ts";
import type { RemoteFile } from "./remote_file.ts";

/** A repository at one commit. */
export interface Listing {
  /** The commit's hash. */
  readonly commit: string;
  /** All files, by path. */
  readonly files: ReadonlyMap<string, RemoteFile>;
}

/** More files than any checkpoint has. */
const MAX_FILES = 100_000;

const COMMIT = /^[0-9a-f]{40}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/**
 * Lists what a repository holds. The revision is resolved to a commit first, so that all files belong together, whatever
 * happens to the branch meanwhile.
 *
 * @throws {HubError} if there is no such repository or revision, or the listing names files that cannot be: outside of the
 * folder, or without a size or hash.
 */
export async function listRepository(connection: Connection): Promise<Listing> {
  const { repo, revision, signal } = connection.options;
  // Loaded here, since nothing else needs it.
  const { listFiles, modelInfo } = await import("@huggingface/hub");
  const client = { hubUrl: connection.base, fetch: connection.fetch };
  const files = new Map<string, RemoteFile>();
  try {
    const { sha: commit } = await modelInfo({ ...client, name: repo, revision, additionalFields: ["sha"] });
    if (!COMMIT.test(commit)) {
      throw new HubError("corrupt", `${repo}: ${JSON.stringify(commit)} where a commit is expected`);
    }
    for await (const entry of listFiles({ ...client, repo, revision: commit, recursive: true })) {
      signal?.throwIfAborted();
      if (entry.type === "file") files.set(entry.path, remoteFile(entry, repo));
      if (files.size > MAX_FILES) {
        throw new HubError("unsuitable", `${repo}: more than ${MAX_FILES} files`);
      }
    }
    return { commit, files };
  } catch (error) {
    // The client reads JSON without looking; a page in front of the hub answers something else.
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    throw new HubError(
      "corrupt",
      `${repo}: ${connection.options.endpoint.host} does not answer like a hub: ${error.message}`,
      { cause: error },
    );
  }
}

/** What a listing says of a file. */
interface Entry {
  readonly path: string;
  readonly size: number;
  readonly oid?: string;
  readonly lfs?: { readonly oid: string; readonly size: number };
}

/** Checks an entry: the path and the hash become file names. */
function remoteFile({ path, size, oid, lfs }: Entry, repo: string): RemoteFile {
  checkPath(path, `${repo}: the listing`);
  const file: RemoteFile = lfs
    ? { path, size: lfs.size, digest: { algorithm: "sha256", hex: lfs.oid } }
    : { path, size, digest: { algorithm: "git", hex: oid ?? "" } };
  const hash = lfs ? SHA256 : COMMIT;
  if (!Number.isSafeInteger(file.size) || file.size < 0 || !hash.test(file.digest.hex)) {
    throw new HubError("corrupt", `${repo}: ${path}: a size and a hash are expected in the listing`);
  }
  return file;
}
