/** `deno task bundle`: writes the library as a module for web pages, with its worker, the runtime and the models that ship. */
import { join } from "node:path";
import { bundleModules, copyModels, packRuntime } from "../bundle/write_bundle.ts";
import { runTask } from "./errors.ts";
import { createCommand } from "./options.ts";

const command = createCommand("bundle", "Writes the library as a module for web pages.")
  .option("--out <folder>", "folder to write to", "dist");

await runTask(async () => {
  const { out } = command.parse(Deno.args, { from: "user" }).opts<{ readonly out: string }>();
  await Deno.mkdir(out, { recursive: true });
  await bundleModules(out);
  await packRuntime(out);
  await copyModels(join(out, "models"));
  console.log(join(out, "denoise.js"));
});
