/** What the visitor's own pictures are called: the browser remembers the names of their files. */
import { IS_BROWSER } from "fresh/runtime";

const PLACE = "upload names";
const MOST = 200;
const ID = /upload-[\w-]+/g;

/** Whether a value is the id of an upload. */
export const isUpload = (value: unknown): boolean => String(value).startsWith("upload-");

/** Remembers what an upload is called. */
export function nameUpload(id: string, name: string): void {
  const names = Object.entries({ ...read(), [id]: name }).slice(-MOST);
  try {
    localStorage.setItem(PLACE, JSON.stringify(Object.fromEntries(names)));
  } catch {
    // Private windows have no room; then pictures have no names.
  }
}

/** What a picture is called: an upload by its file's name, others as they are. */
export function uploadName(id: string): string {
  return isUpload(id) ? read()[id] ?? "your own picture" : id;
}

/** A text in which uploads are called by their names. */
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
