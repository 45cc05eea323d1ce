/**
 * Runs the report's sections in a reader's tab: the same sections as on the server, on the library in the browser. Models, images
 * and digits lie beside the program.
 *
 * @module
 */
import { zipSync } from "fflate";
import { type Files, machine, useManifest, watchDownloads } from "../lib/platform/mod.ts";
import {
  openImages,
  openModels,
  runSection,
  SectionError,
  type SectionEvent,
  sections,
} from "../report/mod.ts";
import { faultOf } from "../server/fault.ts";
import { textHtml } from "../server/rich_text.ts";
import { WireEvents } from "../server/worker/wire_events.ts";
import { type EstimateBoth, openTwoEstimates } from "../report/live/two_estimates.ts";
import type { Fault } from "../server/wire.ts";
import { openTraining } from "./kept_training.ts";
import type { FromSectionWorker, ToSectionWorker } from "./protocol.ts";
import { threadsHere } from "./threads.ts";

const scope = globalThis as unknown as { postMessage(message: FromSectionWorker): void };

useManifest(new URL("./files.json", import.meta.url));

const models = openModels({ device: "wasm", threads: threadsHere(), ahead: true });

forwardDownloads();

let current: { readonly job: number; readonly abort: AbortController } | undefined;
let last: Promise<void> = Promise.resolve();

/** Handles the page's messages one by one, except that cancellations take effect immediately. */
export function receive(message: ToSectionWorker): void {
  if (message.type === "cancel") {
    if (current?.job === message.job) current.abort.abort(new DOMException("Cancelled", "AbortError"));
    return;
  }
  last = last.then(() => message.type === "run" ? run(message) : estimate(message));
}

/** The network and the text that were asked last. */
let asked: { readonly key: string; readonly ask: Promise<EstimateBoth> } | undefined;

/** Asks a network about one noisy picture. */
async function estimate(
  { job, request: { model, prompt, pictures, ...question } }: Extract<ToSectionWorker, { type: "estimate" }>,
): Promise<void> {
  const key = JSON.stringify([model, prompt, question.image]);
  try {
    if (asked?.key !== key) {
      const images = openImages(async (name) => await pictures[name]?.bytes());
      const context = { models, images, signal: new AbortController().signal };
      asked = { key, ask: openTwoEstimates({ model, prompt }, context) };
    }
    const estimates = await (await asked.ask)(question);
    scope.postMessage({ type: "estimated", job, estimates });
  } catch (error) {
    asked = undefined;
    scope.postMessage({ type: "failed", job, ...failureOf(error) });
  }
}

/** Has the weights in a folder fetched, while the first of them are read and compiled; errors surface when they are opened. */
async function fetchWeights(files: Files): Promise<void> {
  const entries = await files.list() ?? [];
  await Promise.all(entries.map(async ({ name, isDirectory }) => {
    if (isDirectory) await fetchWeights(files.folder(name));
    else if (name.endsWith(".safetensors")) (await files.open(name))[Symbol.dispose]();
  }));
}

async function run(
  { job, section: id, parameters, models: names, pictures, training: request }: Extract<
    ToSectionWorker,
    { type: "run" }
  >,
): Promise<void> {
  const abort = new AbortController();
  current = { job, abort };
  for (const name of names) {
    fetchWeights(machine.open(new URL(`./models/${name}/`, import.meta.url))).catch(() => {});
  }
  const { signal } = abort;
  const own = async (name: string) => await pictures[name]?.bytes();
  try {
    const section = sections.find((section) => section.id === id);
    if (!section) throw new Error(`section: "${id}" where one of this report is expected`);
    const wire = new WireEvents();
    using training = request && await openTraining(id, parameters, request, (problem) => {
      scope.postMessage({ type: "kept", job, ...(problem !== undefined && { problem }) });
    });
    const context = { models, images: openImages(own), signal, training: training?.place };
    for await (const event of runSection(section, parameters, context)) {
      // What this thread computes by itself blocks it; yielding here lets a cancellation in.
      await new Promise((resolve) => setTimeout(resolve, 0));
      signal.throwIfAborted();
      if (event.type === "model") {
        const trained = { folder: packed(event), weights: weightsOf(event) };
        await training?.finish(trained);
        scope.postMessage({ type: "model", job, ...trained });
      }
      const made = wire.of(event);
      if (!made) continue;
      if ("event" in made) {
        scope.postMessage({ type: "event", job, event: made.event });
      } else {
        const figure = { ...made.figure, caption: textHtml(made.figure.caption) };
        scope.postMessage({
          type: "figure",
          job,
          figure,
          file: new Blob([made.bytes], { type: figure.type }),
        });
      }
    }
    scope.postMessage({ type: "done", job });
  } catch (error) {
    if (signal.aborted) return scope.postMessage({ type: "aborted", job });
    scope.postMessage({ type: "failed", job, ...failureOf(error) });
  }
}

/** An error as a message. */
function failureOf(error: unknown): { readonly message: string; readonly fault?: Fault } {
  const message = error instanceof Error ? error.message : String(error);
  const fault = error instanceof SectionError ? faultOf(error) : undefined;
  return { message, ...(fault && { fault }) };
}

/** A model's folder in one file. Weights do not get smaller by compression. */
function packed({ name, files }: Extract<SectionEvent, { type: "model" }>): Blob {
  const paths = Object.entries(files).map(([path, bytes]) => [`${name}-trained/${path}`, bytes]);
  return new Blob([zipSync(Object.fromEntries(paths), { level: 0 })], { type: "application/zip" });
}

/** A model's weights as they are in its folder. */
function weightsOf({ files }: Extract<SectionEvent, { type: "model" }>): Blob {
  const [, bytes] = Object.entries(files).find(([path]) => path.endsWith(".safetensors"))!;
  return new Blob([bytes]);
}

/** Forwards the download progress to the page. */
function forwardDownloads(): void {
  const files = new Map<string, { readonly received: number; readonly total: number }>();
  watchDownloads((event) => {
    if (event.kind !== "progress") return;
    const { url, received, total = received } = event;
    files.set(url, { received, total });
    const sum = { received: 0, total: 0 };
    for (const file of files.values()) {
      sum.received += file.received;
      sum.total += file.total;
    }
    scope.postMessage({ type: "loading", ...sum });
    if (sum.received === sum.total) files.clear();
  });
}
