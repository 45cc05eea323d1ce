/** `deno task sample --queue`: pictures that the workers of a fleet draw, written as if they were drawn here. */
import { ArgumentError, described } from "../../lib/errors.ts";
import { readLoraFile } from "../../lib/checkpoints/mod.ts";
import { decodeImage } from "../../lib/image.ts";
import {
  type FileReference,
  type GenerationOptions,
  generationText,
  stepCount,
  STORED_KEYWORD,
} from "../../lib/generation/mod.ts";
import type { ModelFolder } from "../../lib/models/mod.ts";
import { concat, reshape, slice, type Tensor } from "../../lib/tensor.ts";
import { generation, parseParameters } from "../../report/mod.ts";
import { resultKey } from "../../server/catalog.ts";
import { type FleetClient, FleetJobError } from "../../server/fleet/fleet_client.ts";
import type { FleetResults } from "../../server/fleet/fleet_results.ts";
import type { JobRequest } from "../../server/jobs/job.ts";
import { ModelDigests } from "../../server/model_digest.ts";
import { WEIGHTS_BYTES } from "../../server/store/uploads.ts";
import type { WireResult } from "../../server/wire.ts";
import { openFleetClient } from "../fleet/open_client.ts";
import { readFleetOptions } from "../fleet/options.ts";
import { sideBySide } from "../fleet/side_by_side.ts";
import type { ReadLearnedToken } from "../learned_tokens.ts";
import type { ReadLora } from "../loras.ts";
import { quote } from "../options.ts";
import type { OutputFolder } from "../output_folder.ts";
import { drawAndWrite, type DrawnStep } from "./draw_and_write.ts";
import type { SampleFlags } from "./flags.ts";
import { splitOptions } from "./split_options.ts";
import type { SourceImage } from "./source_images.ts";

/** How many pictures a job has at most: what a worker draws at once, and what is lost with it. */
const PICTURES = 8;

/** A run that a fleet is to draw. */
export interface FleetRun {
  /** Its options. */
  readonly options: GenerationOptions;
  /** The number of the picture that is wanted; undefined for all, and the sheet. */
  readonly picture?: number;
  /** The model. */
  readonly model: ModelFolder;
  /** The super-resolution model. */
  readonly upscaler?: ModelFolder | null;
  /** The picture to begin from. */
  readonly image?: SourceImage | null;
  /** Its mask. */
  readonly mask?: SourceImage | null;
  /** The LoRAs of the model's network. */
  readonly loras?: readonly ReadLora[];
  /** The LoRAs of that which enlarges. */
  readonly upscaleLoras?: readonly ReadLora[];
  /** Words of prompts that stand for vectors of their own. */
  readonly learnedTokens?: readonly ReadLearnedToken[];
  /** By how much the sheet is enlarged at least. */
  readonly gridScale: number | ((x: Tensor) => number);
  /** How many pictures are in a row of it; by default a row for each prompt, or for each picture with an effect. */
  readonly columns?: number;
}

/**
 * Lets a fleet draw pictures, writes them and prints where they are.
 *
 * @param run What is drawn.
 * @param out Where the files go.
 * @param flags The options of the command line.
 * @param signal Cancels the jobs.
 * @throws {ArgumentError} if an option cannot be, or the queue, the store or the gallery does not answer.
 * @throws {NoWorkerError} if nobody is there who could draw them.
 * @throws {FleetJobError} if a job comes to nothing.
 */
export async function drawInFleet(
  run: FleetRun,
  out: OutputFolder,
  flags: SampleFlags,
  signal: AbortSignal,
): Promise<void> {
  const { options, picture, gridScale } = run;
  assertOfHere(options);
  await using client = await openFleetClient(readFleetOptions(flags));
  const requests = await requestsOf(run, client.results);
  const drawn: Tensor[][] = [];
  await drawAndWrite(
    {
      options,
      picture,
      steps: stepsOf(client, requests, stepCount(options), drawn, signal),
      runtimeMs: () => 0,
      range: [-1, 1],
      layOut: (x) => ({
        ...layOut(run, drawn),
        gridScale: typeof gridScale === "number" ? gridScale : gridScale(x),
      }),
      device: "fleet",
    },
    out,
    flags,
  );
}

/** Refuses what only this machine has. */
function assertOfHere({ variant }: GenerationOptions): void {
  if (!variant) return;
  throw new ArgumentError("variant", described("given"), "none with --queue", {
    note: "workers have whole models",
  });
}

/** The jobs of a run. What they are asked for by has no names of this machine: the same run is the same jobs everywhere. */
async function requestsOf(run: FleetRun, results: FleetResults): Promise<JobRequest[]> {
  const { options, model, upscaler, image, mask, loras = [], upscaleLoras = [], learnedTokens = [] } = run;
  const digests = new ModelDigests({ portable: true });
  const models: Record<string, string> = {};
  for (const { name, path } of upscaler ? [model, upscaler] : [model]) models[name] = await digests.of(path);
  const send = async (source: SourceImage | null | undefined) =>
    source ? await results.addUpload(await Deno.readFile(source.file.path)) : "none";
  const sendLora = async (option: string, { lora: { path } }: ReadLora) =>
    await results.addWeights(assertSendable(option, path, await readLoraFile(path)));
  const places = {
    model: model.name,
    upscale: upscaler?.name ?? "none",
    image: await send(image),
    mask: await send(mask),
    loras: await inTurn(loras, (lora) => sendLora("lora", lora)),
    upscaleLoras: await inTurn(upscaleLoras, (lora) => sendLora("upscale-lora", lora)),
    learnedTokens: await inTurn(
      learnedTokens,
      async ({ learned: { path } }) =>
        await results.addWeights(assertSendable("embedding", path, await Deno.readFile(path))),
    ),
  };
  return splitOptions(options, PICTURES).map((part) => {
    const plain = {
      ...part,
      model: "model",
      scale: 1,
      image: part.image && { ...part.image, path: "image" },
      mask: part.mask && { ...part.mask, path: "mask" },
      upscale: part.upscale && {
        ...part.upscale,
        model: "upscale",
        ...(part.upscale.loras && { loras: part.upscale.loras.map(nameless) }),
      },
      ...(part.loras && { loras: part.loras.map(nameless) }),
      ...(part.learnedTokens && { learnedTokens: part.learnedTokens.map(nameless) }),
    };
    const text = generationText(plain)[STORED_KEYWORD];
    const parameters = parseParameters(generation, { options: text, ...places });
    return { section: generation.id, parameters, key: resultKey(generation.id, parameters, models), models };
  });
}

/** What is sent lies under its own name at a worker's. */
function nameless<T extends FileReference>(file: T): T {
  return { ...file, path: "weights" };
}

/**
 * Does something with one item after another: files are large.
 *
 * @returns What comes of each.
 */
async function inTurn<T, U>(items: readonly T[], f: (item: T) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  for (const item of items) results.push(await f(item));
  return results;
}

/**
 * The bytes of a file, unless there are more than a fleet takes.
 *
 * @throws {ArgumentError} if there are.
 */
function assertSendable(
  option: string,
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  if (bytes.length <= WEIGHTS_BYTES) return bytes;
  throw new ArgumentError(
    option,
    described(`${quote(path)}, of ${Math.ceil(bytes.length / 1e6)} MB`),
    `a file of at most ${WEIGHTS_BYTES / 1e6} MB`,
    { note: "with --queue" },
  );
}

/** Runs jobs side by side, and yields their steps as those of one run. In the end `drawn` has all pictures. */
async function* stepsOf(
  client: FleetClient,
  requests: readonly JobRequest[],
  total: number,
  drawn: Tensor[][],
  signal: AbortSignal,
): AsyncGenerator<DrawnStep, void, undefined> {
  const parts = requests.map(() => 0);
  const pictures: Tensor[][][] = [];
  const failed = new AbortController();
  const ends = AbortSignal.any([signal, failed.signal]);
  let news = Promise.withResolvers<void>();
  const onProgress = (i: number, part: number) => {
    parts[i] = part;
    news.resolve();
  };
  const all = sideBySide(requests, async (request, i) => {
    try {
      const result = await client.run(request, (part) => onProgress(i, part), ends);
      pictures[i] = await picturesOf(client.results, result);
      onProgress(i, 1);
    } catch (error) {
      // The others end as well.
      failed.abort(error);
      throw error;
    }
  }).then(() => "done" as const);
  let index = 0;
  for (let how: "done" | void = undefined; how !== "done";) {
    how = await Promise.race([all, news.promise]);
    news = Promise.withResolvers();
    const reached = Math.floor(total * parts.reduce((sum, part) => sum + part, 0) / requests.length + 1e-9);
    while (index < Math.min(reached, total - 1)) yield { index: index++ };
  }
  while (index < total - 1) yield { index: index++ };
  drawn.push(...pictures.flat());
  yield { index, x: concat(drawn.map(([picture]) => picture)) };
}

/** The pictures of a result in order; each with what else is seen of it. */
async function picturesOf(results: FleetResults, { key, figures }: WireResult): Promise<Tensor[][]> {
  return await Promise.all(figures.map(async ({ file, cells }) => {
    const bytes = await results.file(key, file);
    if (!bytes) throw new FleetJobError(`The result ${key} has lost ${file}: ask again.`);
    const strip = await decodeImage(bytes);
    return cells.map(({ x, width }) => {
      const part = slice(strip, x, x + width, 2);
      return reshape(part, [1, ...part.shape]);
    });
  }));
}

/** The sheet, as `sheetOf` lays it out. */
function layOut({ options: { prompts, count, effect }, columns }: FleetRun, drawn: readonly Tensor[][]) {
  if (effect) return { sheet: concat(drawn.flat()), columns: drawn[0].length };
  return { columns: columns ?? (prompts.length > 1 ? count : undefined) };
}
