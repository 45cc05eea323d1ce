/** Learned tokens on the command line: words of prompts that stand for vectors of their own, each in a file. */
import {
  CheckpointError,
  type LearnedToken,
  readLearnedToken,
  SafetensorsError,
} from "../lib/checkpoints/mod.ts";
import { ArgumentError } from "../lib/errors.ts";
import type { FileReference } from "../lib/generation/mod.ts";
import { digest } from "../lib/models/mod.ts";
import { splitAtTokens, type TextParts } from "../lib/text/mod.ts";
import { quote } from "./options.ts";

/** A learned token and its source. */
export interface ReadLearnedToken {
  /** What images store about it. */
  readonly reference: FileReference;
  /** The token and its vectors. */
  readonly learned: LearnedToken;
}

/** A parser of files, for a repeatable option. */
export function parseLearnedToken(
  name: string,
): (text: string, before?: readonly string[]) => readonly string[] {
  return (text, before = []) => {
    if (text === "") throw new ArgumentError(name, text, "a file, or the folder of a run");
    return [...before, text];
  };
}

/**
 * Reads learned tokens.
 *
 * @param name The option that names them.
 * @param paths Their files, or the folders of these.
 * @throws {ArgumentError} if a file cannot be read, or holds something else.
 */
export async function readLearnedTokens(name: string, paths: readonly string[]): Promise<ReadLearnedToken[]> {
  return await Promise.all(paths.map(async (path) => {
    try {
      const learned = await readLearnedToken(path);
      return { reference: { path, digest: await digest(await Deno.readFile(learned.path)) }, learned };
    } catch (cause) {
      if (!(cause instanceof CheckpointError || cause instanceof SafetensorsError)) throw cause;
      throw new ArgumentError(name, path, "a learned token's safetensors file, or the folder of one", {
        note: cause.message,
        cause,
      });
    }
  }));
}

/** A text without its learned tokens. */
export function withoutTokens(text: string, tokens: readonly string[]): string {
  return partsAt(text, tokens).filter((part) => typeof part === "string").join(" ");
}

/** The note about learned tokens that no prompt uses; undefined if all are used. */
export function idleTokensNote(texts: readonly string[], tokens: readonly string[]): string | undefined {
  const parts = texts.flatMap((text) => partsAt(text, tokens));
  const found = new Set(parts.map((part) => typeof part === "string" ? undefined : part.text));
  const idle = tokens.filter((token) => !found.has(token));
  if (idle.length === 0) return undefined;
  return `note: no prompt has ${
    idle.map(quote).join(", ")
  }; a learned token has an effect only in prompts that contain it`;
}

function partsAt(text: string, tokens: readonly string[]): TextParts {
  return splitAtTokens(text, tokens.map((text, id) => ({ text, ids: [id] })), (text) => text);
}
