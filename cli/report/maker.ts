/** Who makes the sections of a report: this machine, or a fleet. */
import type { Figure, Json, Section } from "../../report/mod.ts";
import type { Snapshot } from "../../report/snapshots.ts";
import type { Machine } from "../../report/record.ts";

/** A section that was made, wherever that was. */
export interface MadeSection {
  /** Its figures, in order. */
  readonly figures: readonly Figure[];
  /** Moments of its samplings. */
  readonly snapshots: readonly Snapshot[];
  /** The names of the models that it used. */
  readonly models: readonly string[];
  /** How long it took, in seconds, models opened before it not counted. */
  readonly seconds: number;
  /** When it was done, as ISO 8601. */
  readonly made: string;
}

/** Makes sections. */
export interface Maker extends AsyncDisposable {
  /** What computes. */
  readonly machine: Machine;
  /**
   * Makes a section.
   *
   * @param section The section.
   * @param parameters Its parameters.
   * @param onProgress Is called with how far it is, from 0 to 1.
   */
  make(
    section: Section,
    parameters: Readonly<Record<string, Json>>,
    onProgress: (part: number) => void,
  ): Promise<MadeSection>;
  /** Whether an error is of one section alone, so that others can be made. */
  isOfOne(error: unknown): error is Error;
  /** Does something with all sections, as many at a time as can be made. */
  each<T>(items: readonly T[], f: (item: T) => Promise<void>): Promise<void>;
}
