/** `deno task report --queue`: sections whose figures the workers of a fleet make, a job each. */
import { ArgumentError } from "../../lib/errors.ts";
import { type Figure, type Json, type Section, SectionError } from "../../report/mod.ts";
import { type Snapshot, snapshotsOf } from "../../report/snapshots.ts";
import { Catalog, resultKey } from "../../server/catalog.ts";
import { type FleetClient, FleetJobError } from "../../server/fleet/fleet_client.ts";
import { NoWorkerError } from "../../server/jobs/queue.ts";
import type { FleetResults } from "../../server/fleet/fleet_results.ts";
import type { JobEvent, Parameters, WireFigure, WireResult } from "../../server/wire.ts";
import { openFleetClient } from "../fleet/open_client.ts";
import type { FleetOptions } from "../fleet/options.ts";
import { sideBySide } from "../fleet/side_by_side.ts";
import { describeFleet } from "./machine.ts";
import type { MadeSection, Maker } from "./maker.ts";

/** What may keep one section from being made, and not others. */
const ofOne = [SectionError, FleetJobError, NoWorkerError];

/**
 * Lets a fleet make sections, several at a time.
 *
 * @param fleet The fleet.
 * @param wanted The sections with their parameters.
 * @param signal Cancels the jobs.
 * @throws {ArgumentError} if the queue, the store or the gallery does not answer.
 */
export async function openFleetReport(
  fleet: FleetOptions,
  wanted: ReadonlyMap<Section, Parameters>,
  signal: AbortSignal,
): Promise<Maker> {
  const machine = await describeFleet();
  const client = await openFleetClient(fleet);
  const report = new FleetReport(client, wanted);
  return {
    machine,
    make: (section, parameters, onProgress) => report.make(section, parameters, onProgress, signal),
    isOfOne: (error): error is Error => ofOne.some((kind) => error instanceof kind),
    each: sideBySide,
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

/** Makes sections by a fleet. */
class FleetReport {
  readonly #client: FleetClient;
  readonly #catalog: Catalog;

  /**
   * @param client A place in the fleet.
   * @param wanted The sections with their parameters: the models that these name may be used.
   */
  constructor(client: FleetClient, wanted: ReadonlyMap<Section, Parameters>) {
    this.#client = client;
    const sections = [...wanted.keys()];
    const known = new Catalog(sections, []);
    const names = [...wanted].flatMap(([section, parameters]) => known.namedModels(section, parameters));
    this.#catalog = new Catalog(sections, [...new Set(names)], { portable: true });
  }

  /**
   * Lets a worker make a section, or takes what one has made before. Pictures of this machine are sent.
   *
   * @param section The section.
   * @param parameters Its parameters.
   * @param onProgress Is called with how far it is, from 0 to 1.
   * @param signal Cancels the job.
   * @throws {SectionError} if a parameter is wrong, or a model or a picture is not there.
   * @throws {NoWorkerError} if nobody is there who could make it.
   * @throws {FleetJobError} if the job comes to nothing.
   */
  async make(
    section: Section,
    parameters: Readonly<Record<string, Json>>,
    onProgress: (part: number) => void,
    signal: AbortSignal,
  ): Promise<MadeSection> {
    try {
      const sent = await this.#send(section, parameters);
      const named = this.#catalog.withImages(section, parameters, sent);
      const models = await this.#catalog.modelsOf(section, named);
      const key = resultKey(section.id, named, models);
      const request = { section: section.id, parameters: named, key, models };
      const result = await this.#client.run(request, onProgress, signal);
      return await this.#made(result, parameters, sent);
    } catch (error) {
      if (!(error instanceof ArgumentError) || error instanceof SectionError) throw error;
      throw new SectionError(section.id, error);
    }
  }

  /** Sends the pictures of this machine; what they are called there, by their paths. */
  async #send(section: Section, parameters: Parameters): Promise<Map<string, string>> {
    const known = new Set(this.#catalog.images().map(({ id }) => id));
    const sent = new Map<string, string>();
    for (const { id } of this.#catalog.imagesOf(section, parameters)) {
      if (known.has(id) || sent.has(id)) continue;
      // One that is not there is refused by the section, in its words.
      const bytes = await Deno.readFile(id).catch(() => undefined);
      if (bytes) sent.set(id, await this.#client.results.addUpload(bytes));
    }
    return sent;
  }

  async #made(
    result: WireResult,
    parameters: Readonly<Record<string, Json>>,
    sent: ReadonlyMap<string, string>,
  ): Promise<MadeSection> {
    const { results } = this.#client;
    const figures = await Promise.all(
      result.figures.map((figure) => readFigure(results, result.key, figure)),
    );
    const entries = await results.events(result.key) ?? [];
    const events = entries.map(({ json }) => JSON.parse(json) as JobEvent);
    return {
      figures: figures.map((figure) => ({ ...withPaths(figure, sent), parameters })),
      snapshots: snapshotsIn(events),
      models: Object.keys(result.models),
      seconds: Math.round(100 * result.seconds) / 100,
      made: result.created,
    };
  }
}

/** A figure of a result, but for the section's parameters. */
async function readFigure(
  results: FleetResults,
  key: string,
  { file, type, width, height, plainCaption, ...figure }: WireFigure,
): Promise<Omit<Figure, "parameters">> {
  const bytes = await results.file(key, file);
  if (!bytes || plainCaption === undefined) {
    const what = bytes ? `is of an older version: remove it` : `has lost ${file}: ask again`;
    throw new FleetJobError(`The result ${key} ${what}.`);
  }
  return { ...figure, caption: plainCaption, media: { type, width, height, bytes } };
}

/** Moments of its samplings, as far as workers have sent them. */
function snapshotsIn(events: readonly JobEvent[]): Snapshot[] {
  const previews = events.filter((event) => event.type === "preview");
  return snapshotsOf(previews).map(({ type: _, compresses: _compresses, ...moment }) => moment);
}

/** A figure that calls pictures by their paths on this machine. */
function withPaths(
  { media, ...figure }: Omit<Figure, "parameters">,
  sent: ReadonlyMap<string, string>,
): Omit<Figure, "parameters"> {
  let text = JSON.stringify(figure);
  for (const [path, id] of sent) text = text.replaceAll(id, JSON.stringify(path).slice(1, -1));
  return { ...JSON.parse(text), media };
}
