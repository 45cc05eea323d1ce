/**
 * The error for an argument that cannot be used: its name, what was found, and what is expected. Everything that takes
 * arguments throws it, and whoever writes an effect or a sampler can too.
 *
 * @example
 * ```ts
 * import { ArgumentError } from "@denoise/denoise/errors";
 *
 * const strength = 0.5;
 * if (!(strength >= 0 && strength <= 1)) throw new ArgumentError("strength", strength, "a number from 0 to 1");
 * ```
 *
 * @module
 */
export { ArgumentError, type ArgumentErrorOptions } from "./argument_error.ts";
export { Described, described } from "./show_value.ts";
