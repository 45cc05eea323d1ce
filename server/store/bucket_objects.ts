/** Files in a bucket of a service that speaks S3. */
import { S3mini } from "s3mini";
import { ArgumentError, described } from "../../lib/errors.ts";
import type { BucketAddress } from "./store_address.ts";
import { type Objects, StoreAwayError, type StoredObject } from "./objects.ts";

/** How long what the service does not answer well is asked again, in milliseconds: of whoever waits for it, and at the start. */
const PATIENCE = 6000;
const OPENING = 3000;

/** How long is waited before the second time, and at most, in milliseconds. */
const PAUSE = 200;
const LONGEST_PAUSE = 3000;

/** How long an answer may take with all of its bytes, in milliseconds: a service that hangs is asked again, too. */
const ANSWER = 60_000;

/** Who may write to a bucket. */
export interface BucketKeys {
  /** `AWS_ACCESS_KEY_ID`. */
  readonly accessKeyId: string;
  /** `AWS_SECRET_ACCESS_KEY`. */
  readonly secretAccessKey: string;
}

/** How a bucket is asked. */
export interface BucketOptions {
  /** How long an answer may take, in milliseconds. */
  readonly answer?: number;
  /** How long a request is made again that the service does not answer well, in milliseconds. */
  readonly patience?: number;
}

/** Keeps files in a bucket. What the service refuses for the moment is asked again. */
export class BucketObjects implements Objects {
  readonly #bucket: S3mini;
  readonly #patience: number;

  private constructor(bucket: S3mini, patience: number) {
    this.#bucket = bucket;
    this.#patience = patience;
  }

  /**
   * Opens a bucket.
   *
   * @param address Where it is.
   * @param keys What opens it.
   * @param options How it is asked.
   * @throws {ArgumentError} if it is not there, or these keys do not open it.
   */
  static async open(
    address: BucketAddress,
    keys: BucketKeys,
    { answer = ANSWER, patience = PATIENCE }: BucketOptions = {},
  ): Promise<BucketObjects> {
    const { endpoint, bucket, region } = address;
    const client = new S3mini({
      ...keys,
      endpoint: `${endpoint}/${bucket}`,
      region,
      requestAbortTimeout: answer,
    });
    // Whether it exists is answered to those who may not read it, too; there is nothing under this name.
    const there = await again(() => client.listObjects("/", "opening/", 1), OPENING, isRefusal)
      .catch((error: unknown) => error as Error);
    if (Array.isArray(there)) return new BucketObjects(client, patience);
    throw new ArgumentError(
      "store",
      described(`s3://${bucket} at ${endpoint}`),
      "a bucket that these keys open",
      {
        ...(there instanceof Error && { note: there.message.split("\n")[0], cause: there }),
      },
    );
  }

  async put(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#again(() => this.#bucket.putObject(name, bytes));
  }

  async get(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = await this.#again(() => this.#bucket.getObjectArrayBuffer(name));
    return bytes === null ? undefined : new Uint8Array(bytes);
  }

  async renew(name: string): Promise<boolean> {
    const bytes = await this.get(name);
    if (bytes) await this.put(name, bytes);
    return bytes !== undefined;
  }

  async remove(name: string): Promise<void> {
    await this.#again(() => this.#bucket.deleteObject(name));
  }

  async list(folder: string): Promise<StoredObject[]> {
    const objects =
      await this.#again(() => this.#bucket.listObjects("/", folder === "" ? "" : `${folder}/`)) ?? [];
    return objects.map(({ Key, Size, LastModified }) => ({
      name: Key,
      size: Number(Size),
      written: new Date(LastModified).getTime(),
    })).sort((a, b) => a.name < b.name ? -1 : 1);
  }

  async #again<T>(work: () => Promise<T>): Promise<T> {
    return await again(work, this.#patience).catch((cause) => {
      throw new StoreAwayError(`The bucket: ${(cause as Error).message}`, { cause });
    });
  }
}

/** Whether an error says that asking again changes nothing. */
function isRefusal(error: unknown): boolean {
  const { status } = error as { readonly status?: number };
  return status === 401 || status === 403 || status === 404;
}

/**
 * Does something again where it fails, later each time, and not when all others do.
 *
 * @param work Does it.
 * @param patience For how long, in milliseconds.
 * @param isFinal Whether an error is one that stays.
 */
async function again<T>(
  work: () => Promise<T>,
  patience: number,
  isFinal: (error: unknown) => boolean = () => false,
): Promise<T> {
  const end = Date.now() + patience;
  for (let most = PAUSE;; most = Math.min(2 * most, LONGEST_PAUSE)) {
    try {
      return await work();
    } catch (error) {
      const pause = most * (0.5 + Math.random() / 2);
      if (isFinal(error) || Date.now() + pause > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
