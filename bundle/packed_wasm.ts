/** Where the runtime's WebAssembly lies beside a bundle, with `files.json`. */
export const RUNTIME_FOLDER = "runtime";

/** What a file of it is called that is packed. */
export function packedWasm(file: string): string {
  return `${file}.gz`;
}
