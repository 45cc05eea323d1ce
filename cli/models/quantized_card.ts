/** The model card of a quantised model. */
import type { Activations } from "../../lib/pipelines/mod.ts";

/** What a card says about a network quantised to 8 bits. */
export interface QuantizedUnet {
  /** Which parts of it are integers. */
  readonly activations: Activations;
  /** The runs that calibrated and compared it; undefined if there were none. */
  readonly drawn?: {
    readonly prompts: readonly string[];
    readonly steps: number;
    /** The median of the peak signal-to-noise ratios, in decibels. */
    readonly psnr: number;
  };
  /** Layers left in floats, besides the first, the last and the timestep embeddings. */
  readonly floats: readonly string[];
}

/** What a card says about a text encoder quantised to 4 bits. */
export interface QuantizedEncoder {
  /** The texts that were encoded to compare it. */
  readonly prompts: readonly string[];
  /** The least cosine of the angle between a text's embeddings and those of the original. */
  readonly cosine: number;
}

/** What a card says. */
export interface QuantizedCard {
  /** The original model's name or folder. */
  readonly source: string;
  /** The original's licence, if its card says. */
  readonly licence: string | null;
  readonly network?: QuantizedUnet;
  readonly encoder?: QuantizedEncoder;
}

/** What is in integers, in words. */
export const inIntegers: Readonly<Record<Activations, string>> = {
  int8: "weights, and inputs and outputs of convolutions, in integers of 8 bits",
  none: "weights in integers of 8 bits",
};

/** Writes a card. */
export function quantizedCard({ source, licence, network, encoder }: QuantizedCard): string {
  const header = licence === null ? [] : ["---", `license: ${licence}`, "---", ""];
  return [
    ...header,
    "# Quantised",
    "",
    `${source}, quantised by \`deno task models quantize\`.`,
    "",
    ...(network ? unetLines(network) : []),
    ...(encoder ? encoderLines(encoder) : []),
  ].join("\n");
}

const list = (items: readonly string[]) => items.map((item) => `- ${item}`);

function unetLines({ activations, drawn, floats }: QuantizedUnet): string[] {
  const calibrated = activations === "int8"
    ? "Its scales were chosen by what its layers see while these are drawn"
    : "Its pictures were compared while these are drawn";
  return [
    `The network has ${inIntegers[activations]}.`,
    "",
    ...(drawn
      ? [
        `${calibrated}, in ${drawn.steps} steps:`,
        "",
        ...list(drawn.prompts),
        "",
        `From other noise, its pictures of them are at ${
          drawn.psnr.toFixed(1)
        } dB of those of the original (the`,
        "median of the peak signal-to-noise ratios; the more the nearer).",
        "",
      ]
      : []),
    ...(floats.length
      ? [
        "These layers stay in floats, as do the first and the last convolution and the embeddings of numbers:",
        "",
        ...list(floats),
        "",
      ]
      : []),
  ];
}

function encoderLines({ prompts, cosine }: QuantizedEncoder): string[] {
  return [
    "The text encoder has weights in integers of 4 bits, in blocks with a step each; its tables and norms stay as",
    "they were. What it makes of these texts points where the original's does, by a cosine of at least",
    `${cosine.toFixed(4)}:`,
    "",
    ...list(prompts),
    "",
  ];
}
