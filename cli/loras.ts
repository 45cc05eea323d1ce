/** LoRAs on the command line: `FILE`, or `FILE:SCALE`. */
import { ArgumentError } from "../lib/errors.ts";
import { CheckpointError, type Lora, readLora, SafetensorsError } from "../lib/checkpoints/mod.ts";
import type { LoraReference } from "../lib/generation/mod.ts";
import { digest } from "../lib/models/mod.ts";

/** A LoRA as it is asked for. */
export interface LoraChoice {
  /** Its file, or its folder. */
  readonly path: string;
  /** What it is multiplied by. */
  readonly scale: number;
}

/** A LoRA that was read. */
export interface ReadLora {
  /** What pictures store of it. */
  readonly reference: LoraReference;
  /** The matrices. */
  readonly lora: Lora;
  /** What it is multiplied by. */
  readonly scale: number;
}

/** Behind the last colon of a choice. */
const SCALE = /^(.+):([+-]?(?:\d+\.?\d*|\.\d+))$/s;

/** The largest scale of either sign: far beyond what is of use. */
const MOST = 100;

/** A parser of `FILE` and `FILE:SCALE`; the option may be given several times. */
export function parseLora(
  name: string,
): (text: string, before?: readonly LoraChoice[]) => readonly LoraChoice[] {
  return (text, before = []) => {
    const [, path = text, number = "1"] = SCALE.exec(text) ?? [];
    const scale = Number(number);
    if (path === "") throw new ArgumentError(name, text, "a file, or FILE:SCALE");
    if (Math.abs(scale) > MOST) throw new ArgumentError(name, text, `a scale from -${MOST} to ${MOST}`);
    return [...before, { path, scale }];
  };
}

/**
 * Reads LoRAs.
 *
 * @param name The option that names them.
 * @throws {ArgumentError} if a file cannot be read, or is no LoRA.
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
