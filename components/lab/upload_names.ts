/** The file names of the visitor's own pictures, remembered by the browser. */
import { IS_BROWSER } from "fresh/runtime";

const PLACE = "upload names";
const MAX_NAMES = 200;
const ID = /upload-[\w-]+/g;

/** Whether a value is the id of an upload. */
export const isUpload = (value: unknown): boolean => String(value).startsWith("upload-");

/** Remembers an upload's file name. */
export function nameUpload(id: string, name: string): void {
  const names = Object.entries({ ...read(), [id]: name }).slice(-MAX_NAMES);
  try {
    localStorage.setItem(PLACE, JSON.stringify(Object.fromEntries(names)));
  } catch {
    // Storage may be unavailable in private windows; then pictures have no names.
  }
}

/** A picture's name: an upload's file name, others as they are. */
export function uploadName(id: string): string {
  return isUpload(id) ? read()[id] ?? "your own picture" : id;
}

/** A text with the ids of uploads replaced by their names. */
export function withUploadNames(text: string): string {
  return text.replaceAll(ID, uploadName);
}

function read(): Readonly<Record<string, string>> {
  try {
    return JSON.parse((IS_BROWSER && localStorage.getItem(PLACE)) || "{}");
  } catch {
    return {};
  }
}
