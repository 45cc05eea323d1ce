/** Where the runtime's WebAssembly comes from. */

/** The file of each device. */
export type WasmFile = "ort-wasm-simd-threaded.wasm" | "ort-wasm-simd-threaded.asyncify.wasm";

/** Its bytes; undefined where the runtime is to fetch it by itself, from beside its module. */
export function readWasm(_file: WasmFile): Promise<ArrayBuffer | undefined> {
  return Promise.resolve(undefined);
}
