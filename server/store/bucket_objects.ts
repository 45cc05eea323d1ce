/** Files in a bucket of a service that speaks S3. */
import { S3mini } from "s3mini";
import { ArgumentError, described } from "../../lib/errors.ts";
import type { BucketAddress } from "./store_address.ts";
import type { Objects, StoredObject } from "./objects.ts";

/** How often a request is made that the service does not answer well, and how long is waited first, in milliseconds. */
const TRIES = 6;
const PAUSE = 200;

/** How long an answer may take with all of its bytes, in milliseconds: a service that hangs is asked again, too. */
const ANSWER = 60_000;

/** Who may write to a bucket. */
export interface BucketKeys {
  /** `AWS_ACCESS_KEY_ID`. */
  readonly accessKeyId: string;
  /** `AWS_SECRET_ACCESS_KEY`. */
  readonly secretAccessKey: string;
}

/** Keeps files in a bucket. What the service refuses for the moment is asked again. */
export class BucketObjects implements Objects {
  readonly #bucket: S3mini;

  private constructor(bucket: S3mini) {
    this.#bucket = bucket;
  }

  /**
   * Opens a bucket.
   *
   * @param address Where it is.
   * @param keys What opens it.
   * @param answer How long an answer may take, in milliseconds.
   * @throws {ArgumentError} if it is not there, or these keys do not open it.
   */
  static async open(
    address: BucketAddress,
    keys: BucketKeys,
    answer: number = ANSWER,
  ): Promise<BucketObjects> {
    const { endpoint, bucket, region } = address;
    const client = new S3mini({
      ...keys,
      endpoint: `${endpoint}/${bucket}`,
      region,
      requestAbortTimeout: answer,
    });
    // Whether it exists is told to those who may not read it, too.
    const there = await client.listObjects("/", "", 1).catch((error: unknown) => error as Error);
    if (Array.isArray(there)) return new BucketObjects(client);
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
    await again(() => this.#bucket.putObject(name, bytes));
  }

  async get(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = await again(() => this.#bucket.getObjectArrayBuffer(name));
    return bytes === null ? undefined : new Uint8Array(bytes);
  }

  async renew(name: string): Promise<boolean> {
    const bytes = await this.get(name);
    if (bytes) await this.put(name, bytes);
    return bytes !== undefined;
  }

  async remove(name: string): Promise<void> {
    await again(() => this.#bucket.deleteObject(name));
  }

  async list(folder: string): Promise<StoredObject[]> {
    const objects = await again(() => this.#bucket.listObjects("/", folder === "" ? "" : `${folder}/`)) ?? [];
    return objects.map(({ Key, Size, LastModified }) => ({
      name: Key,
      size: Number(Size),
      written: new Date(LastModified).getTime(),
    })).sort((a, b) => a.name < b.name ? -1 : 1);
  }
}

/** Does something again where it fails, later each time. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let i = 0;; i++) {
    try {
      return await work();
    } catch (error) {
      if (i + 1 === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE * 2 ** i));
    }
  }
}
