/**
 * Which addresses a name leads to. As a program of its own it prints those of its argument, a line each: who is to listen there
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
 * @throws {ArgumentError} if the name leads nowhere.
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
