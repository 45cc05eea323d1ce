/** `deno task report [ID...]`: makes the report's sections: pictures, a record, a page. */
import { join } from "node:path";
import { digest, weightsDigest } from "../lib/models/mod.ts";
import type { DeviceChoice } from "../lib/onnx/mod.ts";
import {
  type Figure,
  findSection,
  type Json,
  openImages,
  type OpenModels,
  openModels,
  runSection,
  type Section,
  SectionError,
  sections,
} from "../report/mod.ts";
import { falseClaims } from "../report/claims.ts";
import { keptMoments } from "../report/moments.ts";
import type { Preview } from "../report/section.ts";
import type { Machine, ModelRecord, SectionRecord } from "../report/record.ts";
import { runTask, UsageError } from "./errors.ts";
import { describeMachine } from "./report/machine.ts";
import { addDeviceOptions, createCommand, type DeviceOptions } from "./options.ts";
import { OutputFolder } from "./output_folder.ts";
import { ReportFolder } from "./report/folder.ts";
import { chooseParameters } from "./report/parameters.ts";
import { showReportProgress } from "./report/progress.ts";

interface Options extends DeviceOptions {
  readonly model?: string;
  readonly quick?: true;
  readonly set: readonly string[];
  readonly out: string;
  readonly page: boolean;
  readonly again?: true;
  readonly list?: true;
}

const command = addDeviceOptions(
  createCommand(
    "report",
    "Produces the report: figures, report.json and index.html. Finished sections are kept.",
  )
    .argument("[ids...]", `sections (default: all): ${sections.map(({ id }) => id).join(", ")}`)
    .option("--model <model>", "a model's name or folder, for the sections that use its kind")
    .option("--quick", "few steps: the whole report in minutes")
    .option("--set <name=value>", "value of a parameter, as JSON; repeatable", collect, [])
    .option("--out <folder>", "folder for the report", "out/report")
    .option("--no-page", "do not write index.html")
    .option("--again", "redo finished sections")
    .option("--list", "list the sections and exit"),
);

function collect(value: string, values: readonly string[]): readonly string[] {
  return [...values, value];
}

function chosen(ids: readonly string[]): readonly Section[] {
  // In the report's order, each once.
  const wanted = new Set(ids.map(findSection));
  return ids.length ? sections.filter((section) => wanted.has(section)) : sections;
}

/** The weights of models by name; what was read once is remembered. */
class Weights {
  readonly #known = new Map<string, Promise<string>>();

  /** The hash of all networks of a model's folder. */
  of(folder: string): Promise<string> {
    const found = this.#known.get(folder) ?? this.#read(folder);
    this.#known.set(folder, found);
    return found;
  }

  async #read(folder: string): Promise<string> {
    const parts: string[] = [];
    for (const part of ["unet", "text_encoder", "."]) {
      const path = join(folder, part);
      if (await Deno.stat(path).then((info) => info.isDirectory, () => false)) {
        parts.push(await weightsDigest(path));
      }
    }
    return await digest(...parts);
  }
}

/** Whether a section was made by the same models and machine, with the same parameters. */
async function isSame(
  record: SectionRecord,
  parameters: Readonly<Record<string, Json>>,
  machine: Machine,
  weights: Weights,
  models: OpenModels,
): Promise<boolean> {
  if (JSON.stringify(record.parameters) !== JSON.stringify(parameters)) return false;
  if (JSON.stringify(record.machine) !== JSON.stringify(machine)) return false;
  for (const { name, weights: was } of record.models) {
    const folder = await models.folder(name).catch(() => undefined);
    if (folder === undefined || await weights.of(folder) !== was) return false;
  }
  return true;
}

async function run(ids: readonly string[], options: Options, signal: AbortSignal): Promise<void> {
  if (options.list) {
    for (const { id, title, summary } of sections) console.log(`${id.padEnd(22)}${title}: ${summary}`);
    return;
  }
  const wanted = await chooseParameters(chosen(ids), options);
  // Whether it can be written to is known before the work begins.
  await (await OutputFolder.open(options.out))[Symbol.asyncDispose]();
  const folder = new ReportFolder(options.out);
  const { device, threads } = options;
  const machine = await describeMachine(device as DeviceChoice, threads);
  const weights = new Weights();
  const images = openImages((path) => Deno.readFile(path).catch(() => undefined));
  const onFallback = (message: string) => console.error(`note: ${message}`);
  await using models = openModels({ device, threads, onFallback });
  using bar = showReportProgress([...wanted.keys()].map(({ id }) => id));
  const failed: SectionError[] = [];
  for (const [section, parameters] of wanted) {
    const before = options.again ? undefined : await folder.section(section.id);
    if (before && await isSame(before, parameters, machine, weights, models)) {
      bar.skip(section.id);
      continue;
    }
    try {
      bar.done(section.id, await make(section, parameters));
    } catch (error) {
      // What one section lacks does not keep others from being made.
      if (!(error instanceof SectionError) || wanted.size === 1) throw error;
      failed.push(error);
      bar.failed(section.id, error.message);
    }
  }
  const paths = await folder.finish(options);
  bar[Symbol.dispose]();
  console.log(paths.at(-1));
  if (failed.length) {
    throw new UsageError(`${failed.length} of ${wanted.size} sections are not made, for what is said above`);
  }

  async function make(section: Section, parameters: Readonly<Record<string, Json>>): Promise<SectionRecord> {
    models.used.clear();
    const start = performance.now();
    const figures: Figure[] = [];
    const previews: Preview[] = [];
    for await (const event of runSection(section, parameters, { models, images, signal })) {
      if (event.type === "figure") figures.push(event.figure);
      if (event.type === "preview") previews.push(event.preview);
      if (event.type === "progress") bar.update(section.id, event.done / event.total);
    }
    const seconds = Math.round((performance.now() - start) / 10) / 100;
    for (const text of falseClaims(section, parameters, figures)) {
      console.error(`${section.id}: the text no longer holds of the figures: ${text}`);
    }
    const used: ModelRecord[] = [];
    for (const [name, path] of models.used) used.push({ name, weights: await weights.of(path) });
    const made = new Date().toISOString();
    return await folder.write(
      { id: section.id, parameters, models: used, machine, seconds, made },
      figures,
      keptMoments(previews),
    );
  }
}

await runTask(async (signal) => {
  await command
    .action((ids: string[], options: Options) => run(ids, options, signal))
    .parseAsync(Deno.args, { from: "user" });
});
