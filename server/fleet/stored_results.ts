/** What of a store that all of a fleet reach a command line needs. */
import type { Entry } from "../jobs/event_log.ts";
import type { Objects } from "../store/objects.ts";
import { ObjectStore } from "../store/object_store.ts";
import { Uploads } from "../store/uploads.ts";
import type { WireResult } from "../wire.ts";
import type { FleetResults } from "./fleet_results.ts";

/** Results and sent files in a store. */
export class StoredResults implements FleetResults {
  readonly #store: ObjectStore;
  readonly #uploads: Uploads;

  /**
   * @param objects Where the files are kept.
   * @param age How long pictures and weights are kept after they were last sent, in milliseconds.
   * @param pixels How many pixels a picture may have.
   */
  constructor(objects: Objects, age: number, pixels: number) {
    this.#store = new ObjectStore(objects);
    this.#uploads = new Uploads(objects, age, pixels);
  }

  async get(key: string): Promise<WireResult | undefined> {
    return await this.#store.get(key);
  }

  async file(key: string, name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return await this.#store.file(key, name);
  }

  async events(key: string): Promise<Entry[] | undefined> {
    return await this.#store.events(key);
  }

  async addUpload(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    return (await this.#uploads.add(bytes)).id;
  }

  async addWeights(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    return await this.#uploads.addWeights(bytes);
  }
}
