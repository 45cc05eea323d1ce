/** LoRAs on the command line: `FILE`, or `FILE:SCALE`. */
import { ArgumentError } from "../lib/errors.ts";
import { CheckpointError, type Lora, readLora, SafetensorsError } from "../lib/checkpoints/mod.ts";
import type { LoraReference } from "../lib/generation/mod.ts";
import { digest } from "../lib/models/mod.ts";

/** A LoRA as given on the command line. */
export interface LoraChoice {
  /** Its file, or its folder. */
  readonly path: string;
  /** Its scale. */
  readonly scale: number;
}

/** A LoRA and its source. */
export interface ReadLora {
  /** What images store about it. */
  readonly reference: LoraReference;
  /** The matrices. */
  readonly lora: Lora;
  /** Its scale. */
  readonly scale: number;
}

/** The scale, after the last colon. */
const SCALE = /^(.+):([+-]?(?:\d+\.?\d*|\.\d+))$/s;

/** The largest absolute scale: far beyond any useful one. */
const MAX_SCALE = 100;

/** A parser of `FILE` and `FILE:SCALE`, for a repeatable option. */
export function parseLora(
  name: string,
): (text: string, before?: readonly LoraChoice[]) => readonly LoraChoice[] {
  return (text, before = []) => {
    const [, path = text, number = "1"] = SCALE.exec(text) ?? [];
    const scale = Number(number);
    if (path === "") throw new ArgumentError(name, text, "a file, or FILE:SCALE");
    if (Math.abs(scale) > MAX_SCALE) {
      throw new ArgumentError(name, text, `a scale from -${MAX_SCALE} to ${MAX_SCALE}`);
    }
    return [...before, { path, scale }];
  };
}

/**
 * Reads LoRAs.
 *
 * @param name The option that names them.
 * @throws {ArgumentError} if a file cannot be read, or is not a LoRA.
 */
export async function readLoras(name: string, choices: readonly LoraChoice[]): Promise<ReadLora[]> {
  return await Promise.all(choices.map(async ({ path, scale }) => {
    try {
      const lora = await readLora(path);
      const reference = { path, digest: await digest(await Deno.readFile(lora.path)), scale };
      return { reference, lora, scale };
    } catch (cause) {
      if (!(cause instanceof CheckpointError || cause instanceof SafetensorsError)) throw cause;
      throw new ArgumentError(name, path, "a LoRA's safetensors file, or the folder of one", {
        note: cause.message,
        cause,
      });
    }
  }));
}
