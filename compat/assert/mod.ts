/**
 * A stand-in for `jsr:@std/assert` where JSR is out of reach: the same names and behaviour, for what the tests of this
 * project use. Taking `links` out of deno.json gives the real package.
 *
 * @module
 */
import assertModule from "node:assert";

/** Thrown when an assertion fails. */
export class AssertionError extends Error {
  override name = "AssertionError";
}

const suffix = (msg?: string) => msg ? `: ${msg}` : ".";

/** Fails unless `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Fails unless the two are deeply and strictly equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  try {
    assertModule.deepStrictEqual(actual, expected);
  } catch (error) {
    throw new AssertionError(`Values are not equal${suffix(msg)}\n${(error as Error).message}`);
  }
}

/** Fails if the two are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  try {
    assertModule.notDeepStrictEqual(actual, expected);
  } catch {
    throw new AssertionError(`Expected values to differ${suffix(msg)}`);
  }
}

/** Fails unless the two are the same by `Object.is`. */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  if (!Object.is(actual, expected)) {
    throw new AssertionError(`Values are not strictly equal${suffix(msg)}\n${actual} is not ${expected}`);
  }
}

/** Fails unless two numbers are within `tolerance` (by default 1e-7 of the expected one). */
export function assertAlmostEquals(actual: number, expected: number, tolerance?: number, msg?: string): void {
  if (Object.is(actual, expected)) return;
  const allowed = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  if (!(Math.abs(expected - actual) <= allowed)) {
    throw new AssertionError(`Expected ${actual} to be within ${allowed} of ${expected}${suffix(msg)}`);
  }
}

/** Fails unless `actual` matches the expression. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) {
    throw new AssertionError(`Expected "${actual}" to match ${expected}${suffix(msg)}`);
  }
}

/** Fails unless `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (!actual.includes(expected)) {
    throw new AssertionError(`Expected "${actual}" to contain "${expected}"${suffix(msg)}`);
  }
}

/** Fails unless the value exists. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    throw new AssertionError(`Expected a value, got ${actual}${suffix(msg)}`);
  }
}

/** Fails unless `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) throw new AssertionError(`Expected ${actual} > ${expected}${suffix(msg)}`);
}

/** Fails unless `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) throw new AssertionError(`Expected ${actual} < ${expected}${suffix(msg)}`);
}

/** Fails unless `actual <= expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) throw new AssertionError(`Expected ${actual} <= ${expected}${suffix(msg)}`);
}

/** Fails unless `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) throw new AssertionError(`Expected ${actual} >= ${expected}${suffix(msg)}`);
}

// deno-lint-ignore no-explicit-any
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/** Fails unless `error` is an Error of the class with the text in its message. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: ErrorClass<E>,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) throw new AssertionError(`Expected an Error, got ${error}${suffix(msg)}`);
  if (ErrorClass && !(error instanceof ErrorClass)) {
    throw new AssertionError(
      `Expected ${ErrorClass.name}, got ${error.name}: ${error.message}${suffix(msg)}`,
    );
  }
  const fits = msgMatches === undefined ||
    (typeof msgMatches === "string" ? error.message.includes(msgMatches) : msgMatches.test(error.message));
  if (!fits) {
    throw new AssertionError(`Expected message to match ${msgMatches}, got "${error.message}"${suffix(msg)}`);
  }
}

/** Fails unless `fn` throws an Error of the class with the text in its message; returns it. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass?: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E {
  try {
    fn();
  } catch (error) {
    assertIsError(error, ErrorClass, msgIncludes, msg);
    return error as E;
  }
  throw new AssertionError(`Expected function to throw${suffix(msg)}`);
}

/** Fails unless `fn` rejects with an Error of the class with the text in its message; returns it. */
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass?: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E> {
  try {
    await fn();
  } catch (error) {
    assertIsError(error, ErrorClass, msgIncludes, msg);
    return error as E;
  }
  throw new AssertionError(`Expected function to reject${suffix(msg)}`);
}

/** Fails always. */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${suffix(msg)}`);
}
