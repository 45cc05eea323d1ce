/**
 * The effects' files: a line for each, which exports its functions and registers it.
 *
 * @module
 */

export * from "./anagram.ts";
export * from "./hybrid.ts";
