import type { Connection, Part } from "./connection.ts";
import { BrokenConnection, HubError } from "./error.ts";
import { PartialFile } from "./partial_file.ts";
import type { RemoteFile } from "./remote_file.ts";

/** What a download needs. */
export interface DownloadOptions {
  /** To the hub. */
  readonly connection: Connection;
  /** The commit that the file is of. */
  readonly commit: string;
  /** Where to put it; if a part of it lies there, the rest is added. */
  readonly path: string;
  /** Called with the number of bytes that are there. */
  readonly onBytes: (bytes: number) => void;
}

/** Progress that makes up for earlier failures: less, again and again, would go on for ever. */
const ENOUGH = 1 << 20;

/**
 * Downloads a file: goes on from what is there, after a broken connection too, and checks size and hash. What is there after
 * an error is a beginning of the file to go on from, or nothing.
 *
 * @throws {HubError} if the file is not what was announced, which removes it, or the connection breaks too often.
 */
export async function download(remote: RemoteFile, options: DownloadOptions): Promise<void> {
  try {
    using partial = await PartialFile.open(options.path, remote, options.connection.options.signal);
    options.onBytes(partial.length);
    await fill(partial, remote, options);
    const { algorithm, hex } = remote.digest;
    const found = partial.finish();
    if (found !== hex) {
      throw corrupt(
        remote,
        `${algorithm === "git" ? "git's hash" : algorithm} ${found} where ${hex} is expected`,
      );
    }
    await partial.sync();
  } catch (error) {
    // Nothing can be added to a wrong beginning.
    if (error instanceof HubError && error.reason === "corrupt") await Deno.remove(options.path);
    throw error;
  }
}

/** Asks for what is missing until nothing is. */
async function fill(partial: PartialFile, remote: RemoteFile, options: DownloadOptions): Promise<void> {
  const retries = options.connection.retries();
  const transfer = new Transfer(partial, remote, options);
  let furthest = partial.length;
  while (partial.length < remote.size) {
    try {
      await transfer.receive();
    } catch (error) {
      if (partial.length >= furthest + ENOUGH) {
        furthest = partial.length;
        retries.reset();
      }
      await retries.pause(error);
    }
  }
}

/** The requests for one file; a later one knows from an earlier one which content its part must be of. */
class Transfer {
  readonly #partial: PartialFile;
  readonly #remote: RemoteFile;
  readonly #options: DownloadOptions;
  #content: Part["of"];

  constructor(partial: PartialFile, remote: RemoteFile, options: DownloadOptions) {
    this.#partial = partial;
    this.#remote = remote;
    this.#options = options;
  }

  /** Asks for what is missing, and adds what arrives. */
  async receive(): Promise<void> {
    const [partial, remote, { connection, commit, onBytes }] = [this.#partial, this.#remote, this.#options];
    const part = partial.length > 0 ? { start: partial.length, of: this.#content } : undefined;
    const url = connection.fileUrl(commit, remote.path);
    await using answer = await connection.open(url, { "accept-encoding": "identity" }, part);
    const { status, headers } = answer.response;
    if (answer.linkedEtag !== undefined && answer.linkedEtag !== remote.digest.hex) {
      throw corrupt(remote, "the hub has another content for it now than in its listing");
    }
    const etag = headers.get("etag");
    // A weak tag says too little to go on by.
    this.#content = etag?.startsWith('"') ? { origin: answer.url.origin, etag } : undefined;
    if (!isAskedFor(status, headers, part)) {
      await partial.restart();
      throw new BrokenConnection(
        `${answer.url.host} sends another part of ${remote.path} than was asked for`,
      );
    }
    const size = announcedSize(status, headers);
    if (size !== undefined && size !== remote.size) {
      throw corrupt(remote, `${size} bytes where ${remote.size} are expected`);
    }
    // The whole instead of the rest: the server knows no parts, or the content is another than the one they were of.
    if (status !== 206 && part) await partial.restart();
    for await (const chunk of answer.chunks()) {
      if (partial.length + chunk.length > remote.size) {
        throw corrupt(remote, `more than the ${remote.size} bytes that are expected`);
      }
      await partial.append(chunk);
      onBytes(partial.length);
    }
    if (partial.length < remote.size) {
      throw new BrokenConnection(`the connection to ${answer.url.host} broke`);
    }
  }
}

const CONTENT_RANGE = /^bytes (\d+)-\d+\/(\d+|\*)$/;

/** Whether an answer is the whole file, or the part of it that was asked for. */
function isAskedFor(status: number, headers: Headers, part?: Part): boolean {
  if (status !== 206) return status !== 416; // the part lies behind the end
  const start = CONTENT_RANGE.exec(headers.get("content-range") ?? "")?.[1];
  return part !== undefined && Number(start) === part.start;
}

/** The size of the whole file by an answer's headers; undefined if they do not say. */
function announcedSize(status: number, headers: Headers): number | undefined {
  const size = status === 206
    ? CONTENT_RANGE.exec(headers.get("content-range") ?? "")?.[2]
    : headers.get("content-length");
  return size && /^\d+$/.test(size) ? Number(size) : undefined;
}

function corrupt({ path }: RemoteFile, what: string): HubError {
  return new HubError(
    "corrupt",
    `${path}: ${what}; what has arrived of it is removed, and pulling again starts it anew`,
  );
}
