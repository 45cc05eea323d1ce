/**
 * Resolves a host name to addresses. Run as a program, it prints those of its argument, one a line: a server that listens there
 * needs the permission for the address, not for the name.
 *
 * @module
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { runTask } from "../errors.ts";
import { ArgumentError } from "../../lib/errors.ts";

/**
 * The addresses of a name; an address is its own.
 *
 * @throws {ArgumentError} if the name cannot be resolved.
 */
export async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host)) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    throw new ArgumentError("host", host, "an address of this machine or a name of one", { cause: error });
  }
}

if (import.meta.main) {
  await runTask(async () => {
    for (const address of await addressesOf(Deno.args[0])) console.log(address);
  });
}
