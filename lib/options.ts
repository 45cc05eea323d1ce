/**
 * Options by name, of which a program that is not checked by a compiler may give others than there are.
 *
 * @module
 */

import { ArgumentError } from "./argument_error.ts";

/** The names of a type's options, all of them: the compiler sees to it that none is missing and none is too many. */
export type OptionNames<Options> = { readonly [Name in keyof Required<Options>]: true };

/**
 * What is wrong with options: one that is given, other than as undefined, and that there is none of.
 *
 * @param options What was given.
 * @param names The names there are.
 * @returns What is wrong; undefined if nothing is.
 */
export function unknownOption<Options extends object>(
  options: Options,
  names: OptionNames<NoInfer<Options>>,
): ArgumentError | undefined {
  if (typeof options !== "object" || options === null) {
    return new ArgumentError("options", options, "an object");
  }
  const unknown = Object.entries(options)
    .find(([name, value]) => value !== undefined && !Object.hasOwn(names, name))?.[0];
  if (unknown === undefined) return undefined;
  const known = Object.keys(names);
  const expected = known.length > 1 ? `one of ${known.join(", ")}` : known.join() || "none";
  return new ArgumentError("options", unknown, expected);
}

/**
 * Throws unless all options are known: one that is misspelt, or another library's, is refused, not ignored.
 *
 * @param options What was given.
 * @param names The names there are.
 * @throws {ArgumentError} if there is another: the message names it and those that are expected.
 */
export function assertOptions<Options extends object>(
  options: Options,
  names: OptionNames<NoInfer<Options>>,
): void {
  const error = unknownOption(options, names);
  if (error) throw error;
}

/**
 * Those of some options that another function has, for handing them on.
 *
 * @param options The options, which may have others too.
 * @param names The names that the other function has.
 */
export function pickOptions<Options extends object, Names extends Readonly<Record<string, true>>>(
  options: Options,
  names: Names,
): Pick<Options, keyof Names & keyof Options> {
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => Object.hasOwn(names, name)),
  ) as Pick<Options, keyof Names & keyof Options>;
}
