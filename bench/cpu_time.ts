/** Ticks in a second, of the times in `/proc`. */
const TICKS = 100;

/**
 * How long the processor has worked for a process so far, in milliseconds, all threads together. On a machine that has other
 * work to do this says more than the time on the wall, above all of a process with one thread.
 *
 * @param pid The process's number.
 * @throws {Error} where there is no such table: only Linux has it.
 */
export async function cpuTimeOf(pid: number): Promise<number> {
  const path = `/proc/${pid}/stat`;
  const { stdout } = await new Deno.Command("cat", { args: [path], stderr: "null" }).output();
  // The name, in parentheses, may have anything in it.
  const fields = new TextDecoder().decode(stdout).split(") ").at(-1)!.split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  if (!Number.isFinite(ticks)) throw new Error(`bench: no times in ${path}, which are there on Linux`);
  return 1000 * ticks / TICKS;
}
