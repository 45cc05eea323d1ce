/**
 * Options by name, of which a program that is not checked by a compiler may give others than there are.
 *
 * @module
 */

/** The names of a type's options, all of them: the compiler sees to it that none is missing and none is too many. */
export type OptionNames<Options> = { readonly [Name in keyof Required<Options>]: true };

/**
 * What is wrong with options: one that is given, other than as undefined, and that there is none of.
 *
 * @param options What was given.
 * @param names The names there are.
 * @returns The rest of a message that names it; undefined if nothing is wrong.
 */
export function unknownOption<Options extends object>(
  options: Options,
  names: OptionNames<NoInfer<Options>>,
): string | undefined {
  if (typeof options !== "object" || options === null) {
    return `options: ${options} where an object is expected`;
  }
  const unknown = Object.entries(options)
    .find(([name, value]) => value !== undefined && !Object.hasOwn(names, name))?.[0];
  if (unknown === undefined) return undefined;
  const known = Object.keys(names);
  const expected = known.length > 1 ? `one of ${known.join(", ")}` : known.join() || "none";
  return `options: "${unknown}" where ${expected} is expected`;
}

/**
 * Throws unless all options are known: one that is misspelt, or another library's, is refused, not ignored.
 *
 * @param options What was given.
 * @param names The names there are.
 * @throws {RangeError} if there is another: the message names it and those that are expected.
 */
export function assertOptions<Options extends object>(
  options: Options,
  names: OptionNames<NoInfer<Options>>,
): void {
  const message = unknownOption(options, names);
  if (message) throw new RangeError(message);
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
