/**
 * What a section of the report is: data plus one function. The command line, the gallery and the tests run the same
 * sections; everything that a section yields is plain data and bytes, and can be sent to another process.
 *
 * @module
 */
import type { z } from "zod";
import { ArgumentError, described } from "../lib/errors.ts";
import type { EffectName } from "../lib/effects/mod.ts";
import type { Context } from "./context.ts";

/** A section: its text, its parameters, and how its figures are made. */
export interface Section<Parameters extends z.ZodObject = z.ZodObject> {
  /** Its name in addresses, folders and on the command line: lower case, words joined by dashes. */
  readonly id: string;
  /** The effect that it is about, if any; effects without a section get one from `effectSection`. */
  readonly effect?: EffectName;
  /** Its heading. */
  readonly title: string;
  /** A one-sentence summary. */
  readonly summary: string;
  /** Its text, in order. */
  readonly blocks: readonly Block[];
  /** Its parameters; every field has a default. `fieldsOf` makes forms of it, `parseParameters` checks input by it. */
  readonly parameters: Parameters;
  /** Parameters for a run of seconds that still shows what it is about. */
  readonly quick: Readonly<Partial<z.input<Parameters>>>;
  /** A form's initial values if the report's figures take too long: fewer pictures of the same quality. */
  readonly start?: Readonly<Partial<z.input<Parameters>>>;
  /**
   * If its figures depend on different parameters: the names of those that only one figure uses, by the figures'
   * names. The first figure is shown first.
   */
  readonly answers?: Readonly<Record<string, readonly string[]>>;
  /** Claims of its text that can be computed from the figures; checked whenever they are made. */
  readonly claims?: readonly Claim[];
  /**
   * Makes the figures.
   *
   * @param parameters Complete and validated, from `parseParameters`.
   * @param context Models, pictures, and the signal that aborts.
   * @yields Progress and previews while it works, and figures as they are done.
   * @throws {SectionError} if a parameter does not fit the model or the pictures: the message names the parameter.
   * @throws The signal's reason, once it is aborted.
   */
  run(parameters: z.output<Parameters>, context: Context): AsyncGenerator<SectionEvent, void, undefined>;
}

/** Gives a section the type of its parameters. */
export function defineSection<Parameters extends z.ZodObject>(
  section: Section<Parameters>,
): Section<Parameters> {
  return section;
}

/** A claim of a text about figures. */
export interface Claim {
  /** The claim, as a sentence. */
  readonly text: string;
  /** Whether it is true of the section's figures, made with its default parameters; `figure` finds one by its name. */
  holds(figure: (name: string) => Pick<Figure, "rows" | "columns" | "cells">): boolean;
}

/** A piece of a section's text. */
export type Block =
  /**
   * Words, with formulas between dollars (`$x_t$`), code between backticks and links as in Markdown; a backslash escapes the next
   * character.
   */
  | { readonly kind: "paragraph"; readonly text: string }
  /** A formula on a line of its own, in TeX. */
  | { readonly kind: "formula"; readonly tex: string }
  /** Numbered lines, each written as a paragraph's text; two spaces at its start indent a line by one step. */
  | { readonly kind: "algorithm"; readonly title: string; readonly lines: readonly string[] };

/** An event of a section. */
export type SectionEvent =
  /** `done` of `total` steps; the total of a run may become known as it goes, and does not shrink. */
  | { readonly type: "progress"; readonly done: number; readonly total: number; readonly label: string }
  /** A preview of a sampling. */
  | { readonly type: "preview"; readonly preview: Preview }
  /** New points of a growing curve. */
  | {
    readonly type: "points";
    readonly curve: string;
    readonly points: readonly (readonly [x: number, y: number])[];
  }
  /** A finished figure. */
  | { readonly type: "figure"; readonly figure: Figure }
  /** A trained model: the bytes of its folder's files by path. */
  | {
    readonly type: "model";
    readonly name: string;
    readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
  };

/** The state of a sampling. */
export interface Preview {
  /** A label such as `a rocket ship`; the next preview of the same slot replaces this one. */
  readonly slot: string;
  /** The number of steps done. */
  readonly step: number;
  /** The number of all steps. */
  readonly steps: number;
  /** The timestep that the pictures are at; -1 after the last. */
  readonly t: number;
  /** The noisy pictures, one beside another. */
  readonly x: Media;
  /** The clean pictures that the estimates imply, likewise. */
  readonly x0: Media;
  /** How many pictures are next to each other, all of one size. */
  readonly count: number;
  /** Whether it may be kept with the report's figures despite its size, since it compresses well. */
  readonly compresses?: true;
}

/** The slot of a second stage's previews, from that of the pictures that it enlarges. */
export function enlargedSlot(slot: string): string {
  return `${slot}, enlarged`;
}

/** The previews that led to a picture. */
export interface Origin {
  /** The slots of its samplings, the earliest first: that of the first stage, and that of the second. */
  readonly slots: readonly string[];
  /** Its place in the strips of these previews, from 0. */
  readonly index: number;
}

/** A picture as the bytes of a file. */
export interface Media {
  /** The type of the file. */
  readonly type: "image/png" | "image/gif" | "image/svg+xml";
  /** Pixels in a row. */
  readonly width: number;
  /** Rows of pixels. */
  readonly height: number;
  /** The file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A figure: pictures in rows and columns on one sheet, or a diagram, or an animation. */
export interface Figure {
  /** Its name, the stem of its file: unique in its section. */
  readonly name: string;
  /** What it shows, in one or two sentences; formulas and code as in a paragraph. */
  readonly caption: string;
  /** The alternative text. */
  readonly alt: string;
  /** The picture. */
  readonly media: Media;
  /** Labels of the rows of pictures, from the top, plain text; empty where rows have none. */
  readonly rows: readonly string[];
  /** Labels of the columns, from the left, plain text; empty where columns have none. */
  readonly columns: readonly string[];
  /** The place of each picture on the sheet; empty for diagrams. */
  readonly cells: readonly Cell[];
  /** The section's parameters that made it. */
  readonly parameters: Readonly<Record<string, Json>>;
}

/** The place of one picture on a figure's sheet, in pixels. */
export interface Cell {
  /** Its row, from 0. */
  readonly row: number;
  /** Its column, from 0. */
  readonly column: number;
  /** Distance from the left edge. */
  readonly x: number;
  /** Distance from the upper edge. */
  readonly y: number;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows of pixels. */
  readonly height: number;
  /** What it shows beyond the labels of its row and column, such as the time it took; empty for nothing. */
  readonly label: string;
  /** The previews that led to it; undefined if it was not sampled. */
  readonly origin?: Origin;
  /**
   * If the library can regenerate it: its options, as images store them (`generationText`). `deno task sample --again`
   * and `generate` regenerate it.
   */
  readonly generation?: Generation;
}

/** The options of a generation as images store them, and the picture's number in it. */
export type Generation = Readonly<Record<string, Json>>;

/** The keyword under which a PNG keeps them: the library's `STORED_KEYWORD`, of which a page needs no more. */
export const GENERATION_KEYWORD = "denoise";

/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** An invalid parameter of a section: an {@linkcode ArgumentError} whose message names the section too. */
export class SectionError extends ArgumentError {
  /** The name of the class. */
  override name = "SectionError";
  /** The section's id. */
  readonly section: string;

  /**
   * @param section The section's id.
   * @param error The error; its argument is the parameter, or a path within one: `pairs[0].upright`.
   */
  constructor(section: string, error: ArgumentError) {
    const { argument, found, expected, note, plural } = error;
    super(argument, described(found), expected, { note, plural, cause: error });
    this.message = `${section}: ${error.message}`;
    this.section = section;
  }

  /** The same error for another parameter of the section. */
  override renamed(argument: string): SectionError {
    return new SectionError(this.section, super.renamed(argument));
  }
}
