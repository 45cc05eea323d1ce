/** Strings, which are left as they are, and the three numbers that Python writes and JSON does not know. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\w.+-])(?:-?Infinity|NaN)(?![\w.+-])/gs;

/** Stands for NaN while JSON is parsed: a number that nobody writes. Numbers beyond double precision parse as infinite. */
const NAN = "-0.00e-0000";
const INFINITE = "1e999";

/** What a reviver receives beside a value and its key: of a number, how it was written. */
interface Source {
  readonly source?: string;
}

/**
 * Parses JSON as Python's `json` writes it, in which numbers may be `Infinity`, `-Infinity` and `NaN`. In strings these are
 * letters.
 *
 * @param text The text.
 * @throws {SyntaxError} if it is no such JSON.
 *
 * @example
 * ```ts
 * parsePythonJson('{"lambda_min_clipped": -Infinity, "note": "NaN"}');
 * ```
 */
export function parsePythonJson(text: string): unknown {
  if (!/Infinity|NaN/.test(text)) return JSON.parse(text);
  const json = text.replace(TOKENS, (token) => {
    if (token === "NaN") return NAN;
    if (token === "Infinity") return INFINITE;
    return token === "-Infinity" ? `-${INFINITE}` : token;
  });
  const revive = (_: string, value: unknown, context?: Source) => context?.source === NAN ? NaN : value;
  return JSON.parse(json, revive);
}
