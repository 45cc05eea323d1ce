import { FileError } from "./file_error.ts";
import type { FileEntry, Files, FileStat, OpenFile } from "./files.ts";

/**
 * Files in memory.
 *
 * @example
 * ```ts
 * import { Config } from "@denoise/denoise/checkpoints";
 * import { MemoryFiles } from "@denoise/denoise/platform";
 *
 * const files = new MemoryFiles({ "unet/config.json": '{ "sample_size": 28 }' });
 * const config = await Config.read("config.json", files.folder("unet"));
 * config.whole("sample_size"); // 28
 * ```
 */
export class MemoryFiles implements Files {
  readonly label: string;
  readonly #files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly #prefix: string;

  /**
   * Takes files.
   *
   * @param files Texts or bytes by path, with slashes; bytes are kept, not copied.
   * @param label What to call the folder in errors.
   */
  constructor(
    files: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>> | MemoryFiles,
    label: string = "memory",
  ) {
    this.label = label;
    if (files instanceof MemoryFiles) {
      this.#files = files.#files;
      this.#prefix = `${files.#prefix}${label.slice(files.label.length + 1)}/`;
      return;
    }
    this.#prefix = "";
    this.#files = new Map(
      Object.entries(files).map(([path, content]) => {
        return [path, typeof content === "string" ? new TextEncoder().encode(content) : content];
      }),
    );
  }

  pathOf(path: string): string {
    return `${this.label}/${path}`;
  }

  folder(path: string): MemoryFiles {
    return new MemoryFiles(this, this.pathOf(path));
  }

  stat(path: string): Promise<FileStat | undefined> {
    const bytes = this.#files.get(this.#prefix + path);
    if (bytes) return Promise.resolve({ isFile: true, size: bytes.length });
    const isFolder = this.#files.keys().some((name) => name.startsWith(`${this.#prefix}${path}/`));
    return Promise.resolve(isFolder ? { isFile: false, size: 0 } : undefined);
  }

  list(): Promise<readonly FileEntry[]> {
    const entries = new Map<string, FileEntry>();
    for (const path of this.#files.keys()) {
      if (!path.startsWith(this.#prefix)) continue;
      const [name, ...rest] = path.slice(this.#prefix.length).split("/");
      entries.set(name, { name, isDirectory: rest.length > 0 });
    }
    if (entries.size > 0 || this.#prefix === "") return Promise.resolve([...entries.values()]);
    return Promise.reject(missing(this.label));
  }

  async readText(path: string): Promise<string> {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await this.readBytes(path));
  }

  readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = this.#files.get(this.#prefix + path);
    return bytes ? Promise.resolve(bytes) : Promise.reject(missing(this.pathOf(path)));
  }

  async open(path: string): Promise<OpenFile> {
    const bytes = await this.readBytes(path);
    return {
      size: bytes.length,
      version: "",
      read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)),
      [Symbol.dispose]: () => {},
    };
  }

  place(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

function missing(path: string): FileError {
  return new FileError(path, "missing", new Error("not among the files in memory"));
}
