/**
 * Learned tokens in files: words of prompts that stand for vectors of their own (Gal et al. 2022, "An Image is Worth One Word:
 * Personalizing Text-to-Image Generation using Textual Inversion").
 *
 * @module
 */
import { type Files, machine } from "../platform/mod.ts";
import { reshape, type Tensor } from "../tensor.ts";
import { CheckpointError } from "./error.ts";
import { SafetensorsFile } from "./safetensors.ts";

/** The file that diffusers has a learned token in. */
export const LEARNED_TOKEN_FILE = "learned_embeds.safetensors";

/** A word that stands for vectors of its own where a text encoder looks its pieces up. */
export interface LearnedToken {
  /** The file, for errors. */
  readonly path: string;
  /** The word, such as `<my-cat>`. */
  readonly token: string;
  /** What it stands for, one or several vectors of the encoder's width: `[n, width]`. */
  readonly rows: Tensor;
}

/** The longest word that may be a token. */
const LONGEST = 64;

/** Whether a word can be a token: it has no white space, and there is something to see in it. */
export function isToken(word: string): boolean {
  return /^[^\s\p{C}]+$/u.test(word) && word.length <= LONGEST;
}

/** What a token is expected to be, for errors. */
export const expectedToken = `a word of at most ${LONGEST} characters, such as "<my-cat>"`;

/**
 * Reads a learned token in the layout of diffusers: a safetensors file with one tensor that is named by the token, `[n, width]`, or
 * `[width]` of a single vector.
 *
 * @param path The file, or the folder that has it under the name of {@linkcode LEARNED_TOKEN_FILE}.
 * @param files What the path is one of; defaults to those of the disk.
 * @throws {SafetensorsError} if the file cannot be read, or is not whole and valid.
 * @throws {CheckpointError} if it holds something else: the message names the tensor.
 */
export async function readLearnedToken(path: string, files: Files = machine.files): Promise<LearnedToken> {
  const file = await SafetensorsFile.open(await fileOf(path, files), files);
  const [first, second] = [...file.tensors.values()];
  if (!first || second) {
    throw new CheckpointError(`${file.path}: ${file.tensors.size} tensors where one is expected`);
  }
  const { name: token, shape } = first;
  const label = `${file.path}: tensor ${JSON.stringify(token)}`;
  if (!isToken(token)) {
    throw new CheckpointError(`${label} where the name is expected to be ${expectedToken}`);
  }
  const [n, width] = shape.length === 1 ? [1, ...shape] : shape;
  if (shape.length > 2 || !(n >= 1 && width >= 1)) {
    throw new CheckpointError(`${label}: shape [${shape}] where [n, width] or [width] is expected`);
  }
  const rows = await file.read(token);
  const wrong = rows.data.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) {
    throw new CheckpointError(`${label}: holds ${wrong} where finite numbers are expected`);
  }
  return { path: file.path, token, rows: reshape(rows, [n, width]) };
}

/** The file itself, or that of a folder. */
async function fileOf(path: string, files: Files): Promise<string> {
  const stat = await files.stat(path);
  if (!stat || stat.isFile) return path;
  const within = `${path}/${LEARNED_TOKEN_FILE}`;
  if ((await files.stat(within))?.isFile) return within;
  throw new CheckpointError(
    `${files.pathOf(path)}: a folder without ${LEARNED_TOKEN_FILE}, which is expected`,
  );
}
