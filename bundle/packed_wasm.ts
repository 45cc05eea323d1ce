/** The folder of the runtime's WebAssembly next to a bundle, with `files.json`. */
export const RUNTIME_FOLDER = "runtime";

/** The name of a packed file. */
export function packedWasm(file: string): string {
  return `${file}.gz`;
}
