/** What the runtime says of a run that failed, in words for whoever asked for it. */

/** How many bytes could not be had. */
const BUFFER = /Failed to allocate memory for requested buffer of size (\d+)/;

/** The same without a number. */
const ALLOCATION = /bad_alloc|bad allocation|out of memory/i;

/** The node that failed. */
const NODE = /Name:'([^']+)'/;

/**
 * One line for an error of the runtime.
 *
 * @param message What the runtime says.
 * @returns That memory is short, if that is it; else the first line of what the runtime says.
 */
export function runErrorLine(message: string): string {
  const size = BUFFER.exec(message)?.[1];
  if (size === undefined && !ALLOCATION.test(message)) return message.split("\n")[0];
  const node = NODE.exec(message)?.[1];
  const what = size === undefined ? "a buffer" : `${(Number(size) / 1e9).toPrecision(3)} GB`;
  const where = node === undefined ? "" : ` for node "${node}"`;
  return `out of memory: ${what}${where} where less is expected: a smaller batch, or smaller inputs`;
}
