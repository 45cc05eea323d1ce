/**
 * Hands a file to the reader, as a download: a tab has no other way to write one.
 *
 * @param path Its name; folders before it are left out.
 * @param parts Its bytes.
 * @throws {Error} if there is no page, as in a worker.
 */
export function saveFile(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  const { document } = globalThis;
  if (!document) {
    return Promise.reject(new Error(`${path}: cannot be written in a worker, a page downloads it`));
  }
  const address = URL.createObjectURL(new Blob([...parts].map((part) => Uint8Array.from(part))));
  const link = document.createElement("a");
  link.href = address;
  link.download = path.replace(/^.*[/\\]/, "");
  link.click();
  // The download has begun, but may not have read the address yet.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return Promise.resolve();
}
