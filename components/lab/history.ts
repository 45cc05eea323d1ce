/** The results that a visitor has made, remembered by the visitor's own browser. */
import type { Parameters, WireFigure } from "../../server/wire.ts";

/** A result. */
export interface Memory {
  readonly key: string;
  readonly section: string;
  readonly title: string;
  readonly parameters: Parameters;
  /** Its most telling figure. */
  readonly figure: WireFigure;
  /** When it was made, in milliseconds. */
  readonly when: number;
}

const PLACE = "results";
const MAX_RESULTS = 60;

/** The results, the latest first. */
export function memories(): Memory[] {
  try {
    const all = JSON.parse(localStorage.getItem(PLACE) ?? "[]") as Memory[];
    return all.toSorted((a, b) => b.when - a.when);
  } catch {
    return [];
  }
}

/** Remembers a result. */
export function remember(result: Omit<Memory, "when">): void {
  const others = memories().filter(({ key }) => key !== result.key);
  write([{ ...result, when: Date.now() }, ...others].slice(0, MAX_RESULTS));
}

/** Forgets a result; without a key, all of them. */
export function forget(key?: string): Memory[] {
  const left = key === undefined ? [] : memories().filter((memory) => memory.key !== key);
  write(left);
  return left;
}

function write(results: readonly Memory[]): void {
  try {
    localStorage.setItem(PLACE, JSON.stringify(results));
  } catch {
    // Storage may be unavailable in private windows; then nothing is remembered.
  }
}
