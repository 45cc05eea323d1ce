/** The address of a fleet's store: a folder or a bucket. */
import { resolve } from "node:path";
import { ArgumentError } from "../../lib/errors.ts";

/** A bucket. */
export interface BucketAddress {
  /** Its name. */
  readonly bucket: string;
  /** The service: `https://s3.REGION.amazonaws.com` unless it is given. */
  readonly endpoint: string;
  /** Its region. */
  readonly region: string;
}

/** A folder that all machines of the fleet have. */
export interface FolderAddress {
  /** Its path. */
  readonly folder: string;
}

/**
 * Reads the address of a store.
 *
 * @param text A folder, or `s3://BUCKET?endpoint=URL&region=NAME`, both of which may be left out.
 * @throws {ArgumentError} if it is neither.
 */
export function storeAddress(text: string): BucketAddress | FolderAddress {
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(text)) {
    if (text.trim() !== "" && !text.includes(",")) return { folder: resolve(text) };
    throw new ArgumentError("store", text, "a folder without commas in its path, or s3://BUCKET");
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bucket = url?.hostname ?? "";
  const region = url?.searchParams.get("region") ?? "us-east-1";
  const endpoint = url?.searchParams.get("endpoint") ?? `https://s3.${region}.amazonaws.com`;
  const service = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const known = [...url?.searchParams.keys() ?? []].every((name) => ["endpoint", "region"].includes(name));
  const isBucket = url?.protocol === "s3:" && bucket !== "" && ["", "/"].includes(url.pathname) && known &&
    service !== undefined && /^https?:$/.test(service.protocol) && service.pathname === "/";
  if (!isBucket) throw new ArgumentError("store", text, "a folder, or s3://BUCKET?endpoint=URL&region=NAME");
  return { bucket, region, endpoint: service.origin };
}

/** The host and the port that a bucket is reached by, as permissions write them. */
export function serviceOf({ endpoint }: BucketAddress): string {
  const { hostname, port, protocol } = new URL(endpoint);
  return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}
