/** `deno task models list` and `deno task models info MODEL`: what models there are, and what they are. */
import { describeModel, type ModelDescription } from "../lib/models/describe.ts";
import { findModel, listModels } from "../lib/models/load.ts";
import { runTask, UsageError } from "./errors.ts";
import { createCommand } from "./options.ts";

/** Bytes as people read them, in the units of disks. */
function readableBytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Three significant digits. */
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
    ["cost", `${readableGflop(model.gflop)} for one picture and pass; a step with guidance makes two passes`],
    ["summary", model.summary ?? "there is no model card"],
  ]);
}

const program = createCommand("models", "What models there are, and what they are.");

program.command("list")
  .description("lists the models that ship")
  .option("--json", "prints one line of JSON")
  .action(async ({ json }: { json?: true }) => {
    const models: ModelDescription[] = [];
    for (const name of await listModels()) models.push(await describeModel(name));
    if (json) return console.log(JSON.stringify(models));
    if (models.length === 0) return console.log("no models; deno task train makes one");
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
  .description("tells a model's size, parameters, licence and cost")
  .argument("<model>", "a model's name or folder")
  .option("--json", "prints one line of JSON")
  .action(async (name: string, { json }: { json?: true }) => {
    const model = await describeModel(name);
    console.log(json ? JSON.stringify(model) : details(model, await findModel(name)));
  });

await runTask(async () => {
  if (Deno.args.length === 0) throw new UsageError("command: none where list or info is expected");
  await program.parseAsync(Deno.args, { from: "user" });
});
