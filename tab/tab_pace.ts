/** How fast this browser is with a section, as earlier runs in a tab tell: seconds for each unit of work. */

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
