/** What is known of a result, beside its files: the folder alone is enough to take it back in. */
import { join } from "node:path";
import type { WireResult } from "../wire.ts";

/** The file of the record. */
const RECORD = "record.json";

/** What is known of a result. */
export interface ResultRecord
  extends Pick<WireResult, "key" | "section" | "parameters" | "models" | "figures"> {
  /** How long it took, in seconds. */
  readonly seconds: number;
  /** When it was made, in milliseconds. */
  readonly created: number;
  /** The sizes of its files, in bytes. */
  readonly files: Readonly<Record<string, number>>;
}

/** A record as the bytes of its file. */
export function recordBytes(record: ResultRecord): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(record) + "\n");
}

/** Where a folder's record lies. */
export function recordPath(folder: string): string {
  return join(folder, RECORD);
}

/** The sizes of the files in a folder, but for the record. */
export async function filesIn(folder: string): Promise<Record<string, number>> {
  const files: Record<string, number> = {};
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile && name !== RECORD) files[name] = (await Deno.stat(join(folder, name))).size;
  }
  return files;
}

/**
 * A folder's record, if it is whole and so is what it speaks of; undefined if not.
 *
 * @param folder The folder.
 * @param key The result that it should be of.
 * @throws {Error} if the folder cannot be read: that says nothing of what it holds.
 */
export async function readRecord(folder: string, key: string): Promise<ResultRecord | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(recordPath(folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const record = parseRecord(text);
  if (record?.key !== key) return undefined;
  const files = await filesIn(folder);
  const whole = Object.entries(record.files).every(([name, size]) => files[name] === size) &&
    record.figures.every(({ file }) => file in record.files);
  return whole ? record : undefined;
}

function parseRecord(text: string): ResultRecord | undefined {
  let value: Partial<ResultRecord> | null;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isObject = (part: unknown) => typeof part === "object" && part !== null && !Array.isArray(part);
  const whole = isObject(value) && typeof value!.key === "string" && typeof value!.section === "string" &&
    isObject(value!.parameters) && isObject(value!.models) && isObject(value!.files) &&
    Array.isArray(value!.figures) && value!.figures.every(isObject) &&
    Number.isFinite(value!.seconds) && Number.isSafeInteger(value!.created);
  return whole ? value as ResultRecord : undefined;
}
