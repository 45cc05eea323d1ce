/** How fast this browser runs a section, from earlier runs: seconds per unit of work. */
import type { Place } from "./place.ts";
import { threadsHere } from "./threads.ts";

/**
 * That of a training where nothing was measured yet, as it was measured on two cores of a server: in a tab with one thread and with
 * more, and on the server itself.
 */
export function typicalTrainingPace(place: Place): number {
  if (place === "server") return 0.005;
  return threadsHere() > 1 ? 0.014 : 0.023;
}

const place = (section: string, training: boolean) => `tab ${training ? "training " : ""}pace ${section}`;

/** The latest; undefined before the first run. */
export function tabPace(section: string, training: boolean): number | undefined {
  try {
    return Number(localStorage.getItem(place(section, training))) || undefined;
  } catch {
    return undefined;
  }
}

/** Notes how fast a run was. */
export function noteTabPace(section: string, training: boolean, pace: number): void {
  try {
    localStorage.setItem(place(section, training), String(pace));
  } catch {
    // There is no room; the server's pace tells as much.
  }
}
