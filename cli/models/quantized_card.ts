/** The model card of a quantised model. */
import type { Activations } from "../../lib/pipelines/mod.ts";

/** What a card says. */
export interface QuantizedCard {
  /** The model that it was made of, by its name or folder. */
  readonly source: string;
  /** That model's licence, where its card says. */
  readonly licence: string | null;
  /** What of it is in integers. */
  readonly activations: Activations;
  /** What was drawn to calibrate and to compare it; undefined where nothing was. */
  readonly drawn?: {
    readonly prompts: readonly string[];
    readonly steps: number;
    /** The median of the peak signal-to-noise ratios, in decibels. */
    readonly psnr: number;
  };
  /** Layers that stay in floats, beside the first, the last and the embeddings of numbers. */
  readonly floats: readonly string[];
}

/** What is in integers, in words. */
export const inIntegers: Readonly<Record<Activations, string>> = {
  int8: "weights, and inputs and outputs of convolutions, in integers of 8 bits",
  none: "weights in integers of 8 bits",
};

/** Writes a card. */
export function quantizedCard({ source, licence, activations, drawn, floats }: QuantizedCard): string {
  const header = licence === null ? [] : ["---", `license: ${licence}`, "---", ""];
  const list = (items: readonly string[]) => items.map((item) => `- ${item}`);
  const calibrated = activations === "int8"
    ? "Its scales were chosen by what its layers see while these are drawn"
    : "Its pictures were compared while these are drawn";
  return [
    ...header,
    "# Quantised",
    "",
    `${source} with ${inIntegers[activations]}, made by \`deno task models quantize\`.`,
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
  ].join("\n");
}
