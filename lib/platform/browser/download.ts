/** Fetches a file, and goes on where the connection broke off. */
import { publishDownload } from "../downloads.ts";
import { FileError } from "../file_error.ts";
import type { UrlFiles } from "../url_files.ts";
import { startSha256 } from "./sha256.ts";

/** How long is waited before each try to go on, in milliseconds; after the last the download has failed. */
const WAITS = [200, 1000, 4000];

/** A file that has been fetched. */
export interface Downloaded {
  /** Its content. */
  readonly blob: Blob;
  /** What the content hashes to, in hexadecimal digits. */
  readonly sha256: string;
  /** What the server says of it. */
  readonly headers: Headers;
}

/**
 * Downloads a file. If the connection breaks off, the rest is requested (`Range`, `If-Range`), at most three times in a row without a
 * byte comes; of a server that sends no parts, all of it again.
 *
 * @param remote The files that it is one of.
 * @param path Its path there.
 * @param cache What the browser's own cache does.
 * @throws {FileError} if the server refuses, or the connection breaks off again and again.
 */
export async function download(remote: UrlFiles, path: string, cache: RequestCache): Promise<Downloaded> {
  const url = remote.pathOf(path);
  const first = await remote.request(path, { cache });
  const { headers } = first;
  const total = Number(headers.get("content-length") ?? NaN);
  // Of what is packed on its way, lengths and parts are other ones.
  const isPacked = headers.has("content-encoding");
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let received = 0;
  let hash = startSha256();
  let response: Response | undefined = first;
  for (let failures = 0;;) {
    try {
      response ??= await rest(remote, path, isPacked ? 0 : received, headers);
      if (response.status !== 206 && received > 0) [parts, received, hash] = [[], 0, startSha256()];
      for await (const part of response.body ?? []) {
        parts.push(part);
        hash.update(part);
        received += part.length;
        failures = 0;
        publishDownload({ kind: "progress", url, received, total: total || undefined });
      }
      if (isPacked || Number.isNaN(total) || received >= total) break;
      throw new TypeError(`${received} of ${total} bytes came`);
    } catch (cause) {
      if (cause instanceof FileError && !(cause.cause instanceof TypeError)) throw cause;
      response = undefined;
      const wait = WAITS[failures++];
      if (wait === undefined) {
        throw cause instanceof FileError ? cause : new FileError(url, "unreadable", cause);
      }
      publishDownload({ kind: "notice", message: `${url}: the connection broke off, and is taken up again` });
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return { blob: new Blob(parts), sha256: hash.hex(), headers };
}

/** Asks for the rest of a file, if it is still the same. */
async function rest(remote: UrlFiles, path: string, from: number, headers: Headers): Promise<Response> {
  if (from === 0) return await remote.request(path, { cache: "no-store" });
  const etag = headers.get("etag");
  // A weak tag does not promise the same bytes.
  const same = etag && !etag.startsWith("W/") ? etag : headers.get("last-modified");
  const response = await remote.request(path, {
    cache: "no-store",
    headers: { range: `bytes=${from}-`, ...(same && { "if-range": same }) },
  });
  const range = response.headers.get("content-range");
  if (response.status !== 206 || range?.startsWith(`bytes ${from}-`)) return response;
  await response.body?.cancel();
  return await remote.request(path, { cache: "no-store" });
}
