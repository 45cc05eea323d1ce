import type { ArgumentError } from "../lib/errors.ts";
import { cut } from "./http/quote.ts";
import type { Fault } from "./wire.ts";

/** How many characters of a path are sent. */
const PATH = 100;

/** How many characters of a description are sent. */
const DESCRIPTION = 1000;

/** An invalid argument, as sent to clients. */
export function faultOf({ argument, found, expected }: ArgumentError): Fault {
  return {
    argument: cut(argument, PATH),
    found: cut(found, DESCRIPTION),
    expected: cut(expected, DESCRIPTION),
  };
}
