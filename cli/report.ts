/** `deno task report [ID...]`: makes the report's sections: pictures, a record, a page. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { digest, findModel, weightsDigest } from "../lib/models/mod.ts";
import { findSection, type Json, type Section, SectionError, sections } from "../report/mod.ts";
import { falseClaims } from "../report/claims.ts";
import type { Machine, ModelRecord, SectionRecord } from "../report/record.ts";
import { runTask, UsageError } from "./errors.ts";
import { launchForFleet } from "./fleet/launch.ts";
import {
  addFleetOptions,
  assertNotOfHere,
  assertOfFleet,
  type FleetFlags,
  type FleetOptions,
  readFleetOptions,
} from "./fleet/options.ts";
import { hasLauncher, launcherEnds } from "./gallery/launched.ts";
import type { openFleetReport } from "./report/fleet.ts";
import { openHere } from "./report/here.ts";
import type { MadeSection, Maker } from "./report/maker.ts";
import { addDeviceOptions, createCommand, type DeviceOptions } from "./options.ts";
import { OutputFolder } from "./output_folder.ts";
import { ReportFolder } from "./report/folder.ts";
import { chooseParameters } from "./report/parameters.ts";
import { showReportProgress } from "./report/progress.ts";

interface Options extends DeviceOptions, FleetFlags {
  readonly model?: string;
  readonly quick?: true;
  readonly set: readonly string[];
  readonly out: string;
  readonly page: boolean;
  readonly again?: true;
  readonly list?: true;
}

const command = addDeviceOptions(addFleetOptions(
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
));

function collect(value: string, values: readonly string[]): readonly string[] {
  return [...values, value];
}

function chosen(ids: readonly string[]): readonly Section[] {
  // In the report's order, each once.
  const wanted = new Set(ids.map(findSection));
  return ids.length ? sections.filter((section) => wanted.has(section)) : sections;
}

/** The digests of models by name, cached. */
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
): Promise<boolean> {
  if (JSON.stringify(record.parameters) !== JSON.stringify(parameters)) return false;
  if (JSON.stringify(record.machine) !== JSON.stringify(machine)) return false;
  for (const { name, weights: was } of record.models) {
    const folder = await findModel(name).catch(() => undefined);
    if (folder === undefined || await weights.of(folder) !== was) return false;
  }
  return true;
}

/** Lets a fleet make sections. What speaks with one is loaded where there is one: it asks for permissions. */
async function openFleet(...args: Parameters<typeof openFleetReport>): Promise<Maker> {
  const { openFleetReport } = await import("./report/fleet.ts");
  return await openFleetReport(...args);
}

async function run(ids: readonly string[], options: Options, interrupted: AbortSignal): Promise<void> {
  if (options.list) {
    for (const { id, title, summary } of sections) console.log(`${id.padEnd(22)}${title}: ${summary}`);
    return;
  }
  assertOfFleet(options);
  let fleet: FleetOptions | undefined;
  if (options.queue !== undefined) {
    assertNotOfHere(options, ["threads"]);
    fleet = readFleetOptions(options);
    const program = fileURLToPath(import.meta.url);
    if (!hasLauncher()) Deno.exit(await launchForFleet(program, fleet, interrupted));
  }
  const signal = fleet ? AbortSignal.any([interrupted, launcherEnds()]) : interrupted;
  const wanted = await chooseParameters(chosen(ids), options);
  // Checked to be writable before the work begins.
  await (await OutputFolder.open(options.out))[Symbol.asyncDispose]();
  const folder = new ReportFolder(options.out);
  const weights = new Weights();
  await using maker = fleet ? await openFleet(fleet, wanted, signal) : await openHere(options, signal);
  const { machine } = maker;
  using bar = showReportProgress([...wanted.keys()].map(({ id }) => id));
  let failed = 0;
  await maker.each([...wanted], async ([section, parameters]) => {
    const before = options.again ? undefined : await folder.section(section.id);
    if (before && await isSame(before, parameters, machine, weights)) return bar.skip(section.id);
    try {
      const made = await maker.make(section, parameters, (part) => bar.update(section.id, part));
      bar.done(section.id, await keep(section, parameters, made));
    } catch (error) {
      // A section that fails does not keep the others from being made.
      if (!maker.isOfOne(error) || wanted.size === 1) throw error;
      failed++;
      const named = error instanceof SectionError ? error.message : `${section.id}: ${error.message}`;
      bar.failed(section.id, named);
    }
  });
  const paths = await folder.finish(options);
  bar[Symbol.dispose]();
  console.log(paths.at(-1));
  if (failed > 0) {
    throw new UsageError(`${failed} of ${wanted.size} sections were not made, for the reasons above`);
  }

  async function keep(
    section: Section,
    parameters: Readonly<Record<string, Json>>,
    { figures, snapshots, models: names, ...rest }: MadeSection,
  ): Promise<SectionRecord> {
    for (const text of falseClaims(section, parameters, figures)) {
      console.error(`${section.id}: the figures no longer support the text: ${text}`);
    }
    const models: ModelRecord[] = [];
    for (const name of names) models.push({ name, weights: await weights.of(await findModel(name)) });
    const { seconds, made } = rest;
    return await folder.write(
      { id: section.id, parameters, models, machine, seconds, made },
      figures,
      snapshots,
    );
  }
}

await runTask(async (signal) => {
  await command
    .action((ids: string[], options: Options) => run(ids, options, signal))
    .parseAsync(Deno.args, { from: "user" });
});
