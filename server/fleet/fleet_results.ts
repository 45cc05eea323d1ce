/** What of a fleet's results those need who ask for them from the command line. */
import type { Entry } from "../jobs/event_log.ts";
import type { WireResult } from "../wire.ts";

/** Where results lie that the fleet has made, and where workers find files that were sent. */
export interface FleetResults {
  /** A result; undefined if it is not kept. */
  get(key: string): Promise<WireResult | undefined>;
  /** A file of a result; undefined if there is none. */
  file(key: string, name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** The events by which a result came about; undefined if it is not kept. */
  events(key: string): Promise<Entry[] | undefined>;
  /** Keeps a picture for a while, and says what parameters call it. */
  addUpload(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
  /** Keeps a LoRA or a learned token for a while, and says what parameters call it. */
  addWeights(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
}
