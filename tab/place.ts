/** Where a section is run: in the reader's tab, or on the server. */

/** A place. */
export type Place = "tab" | "server";

/** Models of so many bytes and more are too much to fetch without being asked. */
const LARGE = 50_000_000;

/**
 * How many times as long as the server's a step takes in a tab where nothing was measured yet: WebAssembly against native code on
 * the same machine, emoji-I and emoji-II, with one thread and two.
 */
const SLOWER = 4.5;

/** What is known of a run. */
export interface PlaceFacts {
  /** The bytes of its models; undefined if one of them cannot run in a tab. */
  readonly bytes: number | undefined;
  /** Seconds that it takes in this tab, by earlier runs; undefined where there were none. */
  readonly inTab: number | undefined;
  /** Seconds that it takes on the server, waiting included; undefined where nothing is known. */
  readonly onServer: number | undefined;
  /** Of these, seconds of waiting. */
  readonly wait: number;
}

/**
 * Where a section runs by default: in the tab, where its models are less than 50 MB and the server would not be
 * done earlier. The server's time is that of its earlier runs and what waits there; the tab's is that of earlier runs here, and
 * before the first one the server's, several times over.
 */
export function defaultPlace({ bytes, inTab, onServer, wait }: PlaceFacts): Place {
  if (bytes === undefined || bytes >= LARGE) return "server";
  if (onServer === undefined) return inTab === undefined ? "server" : "tab";
  return (inTab ?? SLOWER * (onServer - wait)) <= onServer ? "tab" : "server";
}
