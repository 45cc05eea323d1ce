/** JSON from outside, whose numbers are numbers. */
import { ArgumentError, described } from "../../lib/errors.ts";
import { RequestError } from "./problem.ts";
import { cut } from "./quote.ts";

/** What a reviver receives beside a value that is neither a list nor an object. */
interface Source {
  readonly source?: string;
}

/**
 * Reads JSON.
 *
 * @throws {SyntaxError} if it is none.
 * @throws {RangeError} if it is nested too deeply.
 * @throws {RequestError} 400 if a number is larger than a number can be: it would be called by another name from here on.
 */
export function parseJson(text: string): unknown {
  let source: string | undefined;
  const value = JSON.parse(text, (_key: string, item: unknown, context?: Source) => {
    if (isTooLarge(item)) source ??= context?.source ?? String(item);
    return item;
  });
  if (source === undefined) return value;
  const path = pathTo(value);
  // Of a job's body, the parameters are what has names.
  const parameter = path.replace(/^parameters\./, "");
  const expected = `a number from -${Number.MAX_VALUE} to ${Number.MAX_VALUE}`;
  throw RequestError.of(new ArgumentError(parameter, described(cut(source, 80)), expected));
}

function isTooLarge(value: unknown): boolean {
  return value === Infinity || value === -Infinity;
}

/** Where the first number lies that is too large, in the order in which a reviver sees them; empty for nowhere. */
function pathTo(value: unknown): string {
  if (typeof value !== "object" || value === null) return "";
  for (const [key, item] of Object.entries(value)) {
    const step = Array.isArray(value) ? `[${key}]` : cut(key, 80);
    if (isTooLarge(item)) return step;
    const rest = pathTo(item);
    if (rest) return rest.startsWith("[") ? step + rest : `${step}.${rest}`;
  }
  return "";
}
