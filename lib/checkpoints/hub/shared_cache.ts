/**
 * The cache that all tools of the hub share, in their layout:
 *
 * ```txt
 * models--ORG--NAME/blobs/HASH             the files, each under what its content hashes to
 * models--ORG--NAME/snapshots/COMMIT/PATH  links to them
 * models--ORG--NAME/refs/REVISION          the commit that a branch or tag was at
 * .locks/models--ORG--NAME/HASH.lock       held by who downloads the blob
 * ```
 *
 * @module
 */
import { dirname, join, relative } from "node:path";
import { download, type DownloadOptions } from "./download.ts";
import { linkOrCopy } from "./link_or_copy.ts";
import { lock } from "./lock.ts";
import type { RemoteFile } from "./remote_file.ts";
import { replace } from "./replace.ts";
import { sizeAt } from "./size_at.ts";

/** A repository's part of the shared cache. */
export class SharedCache {
  readonly #folder: string;
  readonly #locks: string;

  /**
   * Makes nothing yet.
   *
   * @param cache The cache's folder.
   * @param repo The repository, `ORG/NAME`.
   */
  constructor(cache: string, repo: string) {
    const name = `models--${repo.replace("/", "--")}`;
    this.#folder = join(cache, name);
    this.#locks = join(cache, ".locks", name);
  }

  /** Where a file's content lies, or will lie. */
  blob({ digest }: RemoteFile): string {
    return join(this.#folder, "blobs", digest.hex);
  }

  /** The folder of a commit's files. */
  snapshot(commit: string): string {
    return join(this.#folder, "snapshots", commit);
  }

  /** How many bytes of a file are there; blobs have their names only when they are whole. */
  async sizeOf(file: RemoteFile): Promise<number> {
    const path = this.blob(file);
    if (await sizeAt(path) === file.size) return file.size;
    return Math.min(await sizeAt(`${path}.incomplete`) ?? 0, file.size);
  }

  /**
   * Downloads a file if it is not there, and links it into its commit's folder. While somebody else downloads the same one,
   * waits; whoever comes second finds it there.
   *
   * @throws {HubError} as {@linkcode download} does.
   */
  async fetch(file: RemoteFile, options: Omit<DownloadOptions, "path">): Promise<void> {
    const blob = this.blob(file);
    {
      using _ = await lock(join(this.#locks, `${file.digest.hex}.lock`), options.connection.options.signal);
      if (await sizeAt(blob) !== file.size) {
        await Deno.mkdir(dirname(blob), { recursive: true });
        await download(file, { ...options, path: `${blob}.incomplete` });
        await Deno.rename(`${blob}.incomplete`, blob);
      }
    }
    options.onBytes(file.size);
    const pointer = join(this.snapshot(options.commit), file.path);
    await replace(pointer, async (temporary) => {
      try {
        await Deno.symlink(relative(dirname(pointer), blob), temporary);
      } catch {
        await linkOrCopy(blob, temporary); // Windows lets only some users make symbolic links
      }
    });
  }

  /** Notes which commit a branch or tag is at. */
  async note(revision: string, commit: string): Promise<void> {
    if (revision === commit) return;
    await replace(join(this.#folder, "refs", revision), (temporary) => Deno.writeTextFile(temporary, commit));
  }
}
