/** How much memory a process has, as Linux counts it. */

/** Bytes of a process's memory. */
export interface Memory {
  /** What is in no file: all that the process has filled itself, at the moment. */
  readonly anonymous: number;
  /** The most that was in memory so far, mapped files included. */
  readonly peak: number;
}

/**
 * Looks a process up in `/proc`, by way of `cat`: Deno itself may not read there without all permissions.
 *
 * @param pid The process's number.
 * @throws {Error} where there is no such table: only Linux has it.
 */
export async function memoryOf(pid: number): Promise<Memory> {
  const path = `/proc/${pid}/status`;
  const { stdout } = await new Deno.Command("cat", { args: [path], stderr: "null" }).output();
  const table = new TextDecoder().decode(stdout);
  const bytes = (name: string) => {
    const found = table.match(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m"));
    if (!found) throw new Error(`bench: no ${name} in ${path}, which is there on Linux`);
    return Number(found[1]) * 1024;
  };
  return { anonymous: bytes("RssAnon"), peak: bytes("VmHWM") };
}
