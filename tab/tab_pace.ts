/** How fast this browser is with a section, as earlier runs in a tab tell: seconds for each unit of work. */

/**
 * That of a training in a tab where nothing was measured yet: with one thread of WebAssembly on two shared cores of a server, where a
 * step of 32 digits of a network of width 16 takes about 0.3 s.
 */
export const typicalPace = 0.0125;

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
