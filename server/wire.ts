/**
 * What travels between the gallery's server and those who use it: types alone, for the islands as well.
 *
 * @module
 */
import type { Cell, Json, Media } from "../report/section.ts";

/** Parameters of a section. */
export type Parameters = Readonly<Record<string, Json>>;

/** A picture in an event. */
export interface WirePicture {
  /** What the bytes are. */
  readonly type: Media["type"];
  /** Pixels in a row. */
  readonly width: number;
  /** Rows of pixels. */
  readonly height: number;
  /** The file in base64. */
  readonly data: string;
}

/** A figure whose picture is a file of its own. */
export interface WireFigure {
  /** The stem of its file. */
  readonly name: string;
  /** The file's name. */
  readonly file: string;
  /** What the file is. */
  readonly type: Media["type"];
  /** Pixels in a row. */
  readonly width: number;
  /** Rows of pixels. */
  readonly height: number;
  /** What it shows, as HTML that the server has made. */
  readonly caption: string;
  /** What can be seen. */
  readonly alt: string;
  /** Labels of the rows. */
  readonly rows: readonly string[];
  /** Labels of the columns. */
  readonly columns: readonly string[];
  /** The places of the pictures on it. */
  readonly cells: readonly Cell[];
}

/** An argument that cannot be used: the fields of the library's `ArgumentError`. */
export interface Fault {
  /** Its name, by its path where it lies in another one: `pairs[0].upright`. */
  readonly argument: string;
  /** What it was: a text in quotation marks, other values as JSON, long ones cut short. */
  readonly found: string;
  /** What is expected, as a noun: `a number of at most 100`. */
  readonly expected: string;
}

/** What is told of a job, in order. */
export type JobEvent =
  | { readonly type: "queued"; readonly position: number; readonly wait: number }
  | { readonly type: "started" }
  | {
    readonly type: "progress";
    readonly done: number;
    readonly total: number;
    readonly label: string;
    /** Seconds that are left; null where nothing can be said yet. */
    readonly remaining: number | null;
  }
  | {
    readonly type: "preview";
    readonly slot: string;
    readonly step: number;
    readonly steps: number;
    readonly t: number;
    readonly x: WirePicture;
    readonly x0: WirePicture;
    /** How many pictures are beside each other. */
    readonly count: number;
  }
  | {
    readonly type: "points";
    readonly curve: string;
    readonly points: readonly (readonly [number, number])[];
  }
  | { readonly type: "figure"; readonly figure: WireFigure }
  | { readonly type: "done"; readonly seconds: number }
  | { readonly type: "failed"; readonly message: string } & Partial<Fault>
  | { readonly type: "cancelled" };

/** Where a job is. */
export type JobState = "queued" | "running" | "done" | "failed" | "cancelled";

/** What can be asked of a job. */
export interface JobStatus {
  /** Its name. */
  readonly id: string;
  /** The section that it runs. */
  readonly section: string;
  /** All parameters. */
  readonly parameters: Parameters;
  /** The name of its result: the same for the same section, parameters and models. */
  readonly key: string;
  /** Where it is. */
  readonly state: JobState;
  /** How many are before it; 0 when it runs or is over. */
  readonly position: number;
  /** The seconds until it starts, as far as they can be told. */
  readonly wait: number;
  /** Whether the answer was known already. */
  readonly cached: boolean;
  /** What went wrong. */
  readonly error?: { readonly message: string } & Partial<Fault>;
}

/** A result that is kept. */
export interface WireResult {
  /** Its name. */
  readonly key: string;
  /** The section that was run. */
  readonly section: string;
  /** All parameters. */
  readonly parameters: Parameters;
  /** The models by name, and what their weights are known by. */
  readonly models: Readonly<Record<string, string>>;
  /** When it was made. */
  readonly created: string;
  /** How long that took. */
  readonly seconds: number;
  /** What was made. */
  readonly figures: readonly WireFigure[];
}

/** A picture or mask that a section can be given. */
export interface WireImage {
  /** What sections call it. */
  readonly id: string;
  /** What it shows. */
  readonly title: string;
  /** Whether it is a mask. */
  readonly mask: boolean;
  /** Where it can be seen. */
  readonly src: string;
}

/** A model that can be chosen. */
export interface WireModel {
  /** What sections call it. */
  readonly name: string;
  /** What it does: the kinds that fields ask for. */
  readonly kind: string;
}

/** What a model for texts knows. */
export interface WireVocabulary {
  /** What stands before the name of a thing: "an oil painting of". */
  readonly styles: readonly string[];
  /** What it draws, as captions say it: "a rocket ship". */
  readonly things: readonly string[];
  /** What else it was told, by kind. */
  readonly others: readonly { readonly kind: string; readonly phrases: readonly string[] }[];
}

/** A word that a model does not know, and what it knows that is nearest. */
export interface WireUnknownWord {
  /** The word. */
  readonly word: string;
  /** What is nearest; there may be nothing. */
  readonly nearest: readonly string[];
}

/** What is wrong with a request (RFC 9457), and with which of its arguments, if it is one. */
export interface Problem extends Partial<Fault> {
  /** The status of the answer. */
  readonly status: number;
  /** What is wrong, in a sentence. */
  readonly detail: string;
}
