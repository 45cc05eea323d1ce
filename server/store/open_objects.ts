/** Opens what a fleet keeps its results in. */
import { ArgumentError, described } from "../../lib/errors.ts";
import { BucketObjects, type BucketOptions } from "./bucket_objects.ts";
import { FolderObjects } from "./folder_objects.ts";
import type { Objects } from "./objects.ts";
import { storeAddress } from "./store_address.ts";

/**
 * Opens a folder, or a bucket with the keys in `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.
 *
 * @param text The folder, or `s3://BUCKET?endpoint=URL&region=NAME`.
 * @param options How a bucket is asked.
 * @throws {ArgumentError} if it cannot be opened.
 */
export async function openObjects(text: string, options: BucketOptions = {}): Promise<Objects> {
  const address = storeAddress(text);
  if ("bucket" in address) {
    const [accessKeyId, secretAccessKey] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map(keyIn);
    return await BucketObjects.open(address, { accessKeyId, secretAccessKey }, options);
  }
  const objects = new FolderObjects(address.folder);
  // Found out now, and not by the first job.
  const probe = `.probe-${crypto.randomUUID()}`;
  try {
    await objects.put(probe, new Uint8Array());
    await objects.remove(probe);
  } catch (error) {
    throw new ArgumentError("store", text, "a folder that can be written to", {
      note: (error as Error).message,
      cause: error,
    });
  }
  return objects;
}

function keyIn(name: string): string {
  const value = Deno.env.get(name);
  if (value) return value;
  throw new ArgumentError(name, described("none"), "a key for the bucket of --store");
}
