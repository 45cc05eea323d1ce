/**
 * `deno task models list`, `deno task models info MODEL`, `deno task models pull REPO`, `deno task models encode PROMPT...`:
 * list and inspect models, download more from a hub, and encode prompts ahead of time. `deno task models
 * quantize MODEL`: a smaller and faster network of one. `deno task models doctor`: which devices they can run on. `deno task
 * models vocabulary MODEL [WORD]`: what a text-to-image model knows.
 */
import { ArgumentError, described } from "../lib/errors.ts";
import { findPulledModel, type PulledModel, pullModel } from "../lib/checkpoints/hub.ts";
import { describeModel, findModel, listModels, type ModelDescription } from "../lib/models/mod.ts";
import { runTask } from "./errors.ts";
import { parseLearnedToken } from "./learned_tokens.ts";
import { parseLora } from "./loras.ts";
import { merge } from "./models/merge.ts";
import { quantize, type QuantizeFlags } from "./models/quantize.ts";
import { printFindings } from "./models/doctor.ts";
import { type EncodeFlags, encodeToFile } from "./models/encode_to_file.ts";
import { addDeviceOptions, createCommand, integer, oneOf, wholeNumber } from "./options.ts";
import { withCommandThatMay } from "./models/net_permission.ts";
import { showProgress } from "./progress.ts";
import { printVocabulary } from "./models/vocabulary.ts";

/** Bytes as people read them, in the units of disks. */
function readableBytes(bytes: number): string {
  const [unit, name] = bytes < 1e6 ? [1e3, "kB"] : bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  return `${(bytes / unit).toFixed(1)} ${name}`;
}

/** A number with three significant digits. */
function readableGflop(gflop: number): string {
  return `${Number(gflop.toPrecision(3))} GFLOP`;
}

/** Rows with columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i])).join("  ").trimEnd()).join("\n");
}

function details(model: ModelDescription, folder: string): string {
  return table([
    ["model", model.name],
    ["kind", model.kind],
    ["folder", folder],
    ["size", readableBytes(model.bytes)],
    ["parameters", model.parameters.toLocaleString("en")],
    ["licence", model.licence ?? "the model card does not say"],
    ["cost", `${readableGflop(model.gflop)} per image and forward pass; a step with guidance takes two`],
    ["summary", model.summary ?? "there is no model card"],
  ]);
}

function pulledDetails({ repo, commit, folder, storage, files }: PulledModel): string {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return table([
    ["model", repo],
    ["commit", commit],
    ["size", `${readableBytes(bytes)} in ${files.length} files`],
    ["folder", folder],
    [
      "storage",
      storage === "links"
        ? "hard links to the files in the cache shared with the hub's other tools"
        : "copies of the files in the cache shared with the hub's other tools: it lies on another disk",
    ],
  ]);
}

/** Shows a pull's progress: all files in one bar, in megabytes. */
class PullBar implements Disposable {
  #bar: ReturnType<typeof showProgress> | undefined;
  #shown = -1;

  constructor(readonly label: string) {}

  show(done: number, total: number): void {
    this.#bar ??= showProgress(this.label, Math.ceil(total / 1e6), "MB");
    const megabytes = Math.ceil(done / 1e6);
    // Thousands of chunks are one step of the bar; its estimate of the time goes by steps.
    if (megabytes !== this.#shown) this.#bar.update(megabytes);
    this.#shown = megabytes;
  }

  [Symbol.dispose](): void {
    this.#bar?.[Symbol.dispose]();
  }
}

interface PullFlags {
  readonly revision?: string;
  readonly variant?: string;
  readonly components?: string[];
  readonly json?: true;
}

async function pull(repo: string, flags: PullFlags, signal: AbortSignal): Promise<void> {
  const { json, ...options } = flags;
  {
    using bar = new PullBar(repo);
    await pullModel(repo, { ...options, signal, onProgress: ({ done, total }) => bar.show(done, total) })
      .catch(async (error) => {
        throw await withCommandThatMay(error);
      });
  }
  const pulled = (await findPulledModel(repo))!;
  console.log(json ? JSON.stringify(pulled) : pulledDetails(pulled));
}

const program = createCommand("models", "Lists, inspects and downloads models.");

/** The permissions that the commands use, besides reading. */
const uses: Readonly<Record<string, readonly Deno.PermissionName[]>> = {
  pull: ["net", "write"],
  encode: ["write", "ffi"],
  quantize: ["write", "ffi", "sys"],
  merge: ["write"],
  doctor: ["ffi"],
};

program.hook("preAction", async (_, command) => {
  for (const name of ["net", "write", "ffi", "sys"] as const) {
    if (!uses[command.name()]?.includes(name)) await Deno.permissions.revoke({ name });
  }
});

program.command("list")
  .description("list the models that ship")
  .option("--json", "print one line of JSON")
  .action(async ({ json }: { json?: true }) => {
    const models: ModelDescription[] = [];
    for (const name of await listModels()) models.push(await describeModel(name));
    if (json) return console.log(JSON.stringify(models));
    if (models.length === 0) return console.log("no models; train one with deno task train");
    console.log(table(models.map((model) => {
      return [
        model.name,
        readableBytes(model.bytes),
        model.licence ?? "-",
        readableGflop(model.gflop),
        model.kind,
      ];
    })));
  });

program.command("info")
  .description("show a model's size, parameters, licence and cost")
  .argument("<model>", "a model's name or folder")
  .option("--json", "print one line of JSON")
  .action(async (name: string, { json }: { json?: true }) => {
    const model = await describeModel(name);
    console.log(json ? JSON.stringify(model) : details(model, await findModel(name)));
  });

program.command("vocabulary")
  .description("list what a text-to-image model has learned to draw")
  .argument("<model>", "a model's name or folder")
  .argument("[word...]", "word to search for")
  .option("--json", "print one line of JSON")
  .action(printVocabulary);

await runTask(async (signal) => {
  program.command("pull")
    .description(
      "download a model from the Hugging Face Hub, or what is missing of it; HF_TOKEN holds the access token",
    )
    .argument("<repo>", "repository, ORG/NAME")
    .option("--revision <revision>", 'branch, tag or commit (default: "main")')
    .option("--variant <variant>", "variant of the weights, such as fp16, if there is one")
    .option(
      "--components <names>",
      "only these components of a pipeline, separated by commas",
      (text) => text.split(","),
    )
    .option("--json", "print one line of JSON")
    .action((repo: string, flags: PullFlags) => pull(repo, flags, signal));
  program.command("doctor")
    .description("check which devices work here, and what the others lack")
    .option("--json", "print one line of JSON")
    .action(printFindings);
  addDeviceOptions(
    program.command("encode")
      .description("encode prompts once, so that sample --embeddings needs no text encoder")
      .argument("<prompts...>", "prompts, each in quotes")
      .requiredOption("--model <model>", "a text-to-image model: its folder, or ORG/NAME")
      .requiredOption("--out <file>", "safetensors file to write")
      .option("--negative <text>", "negative prompt", "")
      .option("--variant <name>", "variant of the encoder's weights, such as fp16")
      .option(
        "--embedding <file>",
        "learned token for prompts; repeatable",
        parseLearnedToken("embedding"),
      )
      .option("--json", "print one line of JSON"),
  ).action((prompts: string[], flags: EncodeFlags) => encodeToFile(prompts, flags, signal));
  program.command("quantize")
    .description(
      "quantise a text-to-image or super-resolution model: its network to 8 bits, its text encoder to 4",
    )
    .argument("<model>", "its name, its folder, or ORG/NAME")
    .requiredOption("--out <folder>", "folder to write")
    .option(
      "--weights <type>",
      "type of the network's weights: int8, or none to leave the network as it is",
      oneOf("weights", ["int8", "none"]),
      "int8",
    )
    .option(
      "--text-encoder <type>",
      "type of the text encoder's weights: int4, or none to leave it as it is",
      oneOf("text-encoder", ["int4", "none"]),
      "none",
    )
    .option(
      "--activations <type>",
      "type of the inputs of convolutions: int8, or none to quantise weights only and compute in floats",
      oneOf("activations", ["int8", "none"]),
      "int8",
    )
    .option(
      "--prompts <prompts...>",
      "prompts to calibrate with, each in quotes (default: some that the model knows)",
    )
    .option("--steps <n>", "sampling steps of each image", wholeNumber("steps", 1, 1000), 20)
    .option("--seed <n>", "seed of the noise", integer("seed"), 0)
    .option(
      "--first <model>",
      "for a super-resolution model: the model whose images it enlarges (default: the one that names it)",
    )
    .option("--variant <name>", "variant of the weights, such as fp16")
    .option("--threads <n>", "CPU threads (default: one per core)", wholeNumber("threads", 1, 1024))
    .option("--json", "print one line of JSON")
    .action((model: string, flags: QuantizeFlags) => quantize(model, flags, signal));
  program.command("merge")
    .description("merge LoRAs into a model's weights: for the gallery, and for commands without --lora")
    .argument("<model>", "its name, its folder, or ORG/NAME")
    .option("--lora <file[:scale]>", "LoRA; repeatable", parseLora("lora"))
    .requiredOption("--out <folder>", "folder to write")
    .option("--variant <name>", "variant of the weights, such as fp16")
    .option("--json", "print one line of JSON")
    .action(merge);
  if (Deno.args.length === 0) {
    throw new ArgumentError(
      "command",
      described("none"),
      "list, info, pull, encode, quantize, merge, vocabulary or doctor",
    );
  }
  await program.parseAsync(Deno.args, { from: "user" });
});
