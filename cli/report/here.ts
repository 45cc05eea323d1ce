/** Sections whose figures are made on this machine. */
import type { DeviceOptions } from "../options.ts";
import {
  type Context,
  type Figure,
  type Json,
  openImages,
  type OpenModels,
  openModels,
  runSection,
  type Section,
  SectionError,
} from "../../report/mod.ts";
import { keptSnapshots } from "../../report/snapshots.ts";
import type { Preview } from "../../report/section.ts";
import { describeMachine } from "./machine.ts";
import type { MadeSection, Maker } from "./maker.ts";

/** Makes sections one after another. */
export async function openHere({ device, threads }: DeviceOptions, signal: AbortSignal): Promise<Maker> {
  const onFallback = (message: string) => console.error(`note: ${message}`);
  const models = openModels({ device, threads, onFallback });
  const images = openImages((path) => Deno.readFile(path).catch(() => undefined));
  return {
    machine: await describeMachine(device, threads),
    make: (section, parameters, onProgress) =>
      make(section, parameters, { models, images, signal }, onProgress),
    isOfOne: (error) => error instanceof SectionError,
    async each(items, f) {
      for (const item of items) await f(item);
    },
    [Symbol.asyncDispose]: () => models[Symbol.asyncDispose](),
  };
}

async function make(
  section: Section,
  parameters: Readonly<Record<string, Json>>,
  context: Context & { readonly models: OpenModels },
  onProgress: (part: number) => void,
): Promise<MadeSection> {
  context.models.used.clear();
  const start = performance.now();
  const figures: Figure[] = [];
  const previews: Preview[] = [];
  for await (const event of runSection(section, parameters, context)) {
    if (event.type === "figure") figures.push(event.figure);
    if (event.type === "preview") previews.push(event.preview);
    if (event.type === "progress") onProgress(event.done / event.total);
  }
  const seconds = Math.round((performance.now() - start) / 10) / 100;
  const made = new Date().toISOString();
  return {
    figures,
    snapshots: keptSnapshots(previews),
    models: [...context.models.used.keys()],
    seconds,
    made,
  };
}
