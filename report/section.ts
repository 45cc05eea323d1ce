/**
 * What a section of the report is: data plus one function. The command line, the gallery and the tests run the same
 * sections; everything that a section yields is plain data and bytes, and may cross the border of a process.
 *
 * @module
 */
import type { z } from "zod";
import { ArgumentError, described } from "../lib/errors.ts";
import type { EffectName } from "../lib/effects/mod.ts";
import type { Context } from "./context.ts";

/** A section: what it says, what its parameters are, and how its figures are made. */
export interface Section<Parameters extends z.ZodObject = z.ZodObject> {
  /** Its name in addresses, folders and on the command line: lower case, words joined by dashes. */
  readonly id: string;
  /** The effect that it is about, by name, where there is one: `effectSection` makes sections of the others. */
  readonly effect?: EffectName;
  /** Its heading. */
  readonly title: string;
  /** One sentence that says what it shows. */
  readonly summary: string;
  /** Its text, in order. */
  readonly blocks: readonly Block[];
  /** Its parameters; every field has a default. `fieldsOf` makes forms of it, `parseParameters` checks input by it. */
  readonly parameters: Parameters;
  /** Parameters with which it takes seconds, and still shows what it is about. */
  readonly quick: Readonly<Partial<z.input<Parameters>>>;
  /** What a form begins with where the report's figures take too long to wait for: fewer pictures, none the worse. */
  readonly start?: Readonly<Partial<z.input<Parameters>>>;
  /**
   * Where its figures answer different parameters: the names of those that a figure answers and others do not, by the figures'
   * names. The first of them is looked at first.
   */
  readonly answers?: Readonly<Record<string, readonly string[]>>;
  /** What its text says of the report's figures and can be computed from them: looked at whenever they are made. */
  readonly claims?: readonly Claim[];
  /**
   * Makes the figures.
   *
   * @param parameters Whole and checked: what `parseParameters` gives.
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

/** Something that a text says of figures. */
export interface Claim {
  /** What it says, as a sentence. */
  readonly text: string;
  /** Whether it is true of the section's figures, made with its default parameters; `figure` finds one by its name. */
  holds(figure: (name: string) => Pick<Figure, "rows" | "columns" | "cells">): boolean;
}

/** A piece of a section's text. */
export type Block =
  /**
   * Words, with formulas between dollars (`$x_t$`), code between backticks and links as in Markdown; what follows a backslash is
   * itself.
   */
  | { readonly kind: "paragraph"; readonly text: string }
  /** A formula on a line of its own, in TeX. */
  | { readonly kind: "formula"; readonly tex: string }
  /** Numbered lines, each written as a paragraph's text; two spaces at its start indent a line by one step. */
  | { readonly kind: "algorithm"; readonly title: string; readonly lines: readonly string[] };

/** What a section yields. */
export type SectionEvent =
  /** `done` of `total` steps; the total of a run may become known as it goes, and does not shrink. */
  | { readonly type: "progress"; readonly done: number; readonly total: number; readonly label: string }
  /** What a picture in the making looks like. */
  | { readonly type: "preview"; readonly preview: Preview }
  /** Points of a curve that is being drawn: those that are new. */
  | {
    readonly type: "points";
    readonly curve: string;
    readonly points: readonly (readonly [x: number, y: number])[];
  }
  /** A figure that is done. */
  | { readonly type: "figure"; readonly figure: Figure }
  /** A model that was trained: the bytes of its folder's files by their paths. */
  | {
    readonly type: "model";
    readonly name: string;
    readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
  };

/** Pictures in the middle of a sampling. */
export interface Preview {
  /** What is being drawn, such as `a rocket ship`; the next preview of the same slot takes this one's place. */
  readonly slot: string;
  /** The number of steps done. */
  readonly step: number;
  /** The number of all steps. */
  readonly steps: number;
  /** The timestep that the pictures are at; -1 after the last. */
  readonly t: number;
  /** The noisy pictures, one beside another. */
  readonly x: Media;
  /** The clean pictures that the networks' estimates imply, likewise. */
  readonly x0: Media;
  /** How many pictures are beside each other, all of one size. */
  readonly count: number;
  /** Whether it may be kept beside the report's figures though it is large, since it compresses well. */
  readonly compresses?: true;
}

/** The slot of a second stage's previews, from that of the pictures that it enlarges. */
export function enlargedSlot(slot: string): string {
  return `${slot}, enlarged`;
}

/** Which previews led to a picture. */
export interface Origin {
  /** The slots of its samplings, the earliest first: that of the first stage, and that of the second. */
  readonly slots: readonly string[];
  /** Its place in the strips of these previews, from 0. */
  readonly index: number;
}

/** A picture as the bytes of a file. */
export interface Media {
  /** What the bytes are. */
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
  /** What can be seen, for those who cannot. */
  readonly alt: string;
  /** The picture. */
  readonly media: Media;
  /** Labels of the rows of pictures, from the top, plain text; empty where rows have none. */
  readonly rows: readonly string[];
  /** Labels of the columns, from the left, plain text; empty where columns have none. */
  readonly columns: readonly string[];
  /** Where each picture of the sheet lies; empty for diagrams. */
  readonly cells: readonly Cell[];
  /** The section's parameters by which it was made. */
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
  /** The previews that led to it; none where it was not sampled. */
  readonly origin?: Origin;
  /**
   * Where it is a generation of the library's: its options, as images store them (`generationText`). `deno task sample --again`
   * and `generate` make it again.
   */
  readonly generation?: Generation;
}

/** The options of a generation as images store them, and the picture's number in it. */
export type Generation = Readonly<Record<string, Json>>;

/** The keyword under which a PNG keeps them: the library's `STORED_KEYWORD`, of which a page needs no more. */
export const GENERATION_KEYWORD = "denoise";

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A parameter of a section that cannot be: an {@linkcode ArgumentError} whose message names the section too. */
export class SectionError extends ArgumentError {
  /** The name of the class. */
  override name = "SectionError";
  /** The section's id. */
  readonly section: string;

  /**
   * @param section The section's id.
   * @param error What is wrong; its argument is the parameter, by its path where it lies in another: `pairs[0].upright`.
   */
  constructor(section: string, error: ArgumentError) {
    const { argument, found, expected, note, plural } = error;
    super(argument, described(found), expected, { note, plural, cause: error });
    this.message = `${section}: ${error.message}`;
    this.section = section;
  }

  /** The same about another parameter of the section. */
  override renamed(argument: string): SectionError {
    return new SectionError(this.section, super.renamed(argument));
  }
}
