/**
 * The record of a report, with all that is needed to make its figures again.
 *
 * @module
 */
import type { Figure, Json, Media } from "./section.ts";

/** A model that made figures. */
export interface ModelRecord {
  /** The name it was requested by. */
  readonly name: string;
  /** The start of the SHA-256 of its weights, in hexadecimal digits. */
  readonly weights: string;
}

/** A figure without its bytes. */
export interface FigureRecord extends Omit<Figure, "media"> {
  /** Its file, beside the record. */
  readonly file: string;
  /** The file's type, and its size in pixels. */
  readonly media: Omit<Media, "bytes">;
}

/** A section that has been made. */
export interface SectionRecord {
  /** The section's id. */
  readonly id: string;
  /** All of its parameters. */
  readonly parameters: Readonly<Record<string, Json>>;
  /** The models that it used. */
  readonly models: readonly ModelRecord[];
  /** The machine. */
  readonly machine: Machine;
  /** How long it took, in seconds, without opening models. */
  readonly seconds: number;
  /** When it was done, as ISO 8601. */
  readonly made: string;
  /** Its figures, in order. */
  readonly figures: readonly FigureRecord[];
}

/** A whole report. */
export interface ReportRecord {
  /** The format's version. */
  readonly version: 1;
  /** The sections, in the report's order. */
  readonly sections: readonly SectionRecord[];
}

/**
 * The machine that computed figures. On another one their last bits may differ; with equal machines, parameters and
 * models, they are the same bytes.
 */
export interface Machine {
  /** The versions of Deno and of ONNX Runtime. */
  readonly runtime: string;
  /** `cpu`, `cuda` or `webgpu`; `fleet` for machines that were asked, of which no more is known. */
  readonly device: string;
  /** The operating system and the processor's architecture. */
  readonly system?: string;
  /** The processor's vector instructions. */
  readonly instructions?: string;
  /** Threads of the CPU. */
  readonly threads?: number;
}
