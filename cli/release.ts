/** `deno task release RUN`: makes of a finished run a model that ships, measured and with its card. */
import type { SamplerName } from "../lib/diffusion/samplers/mod.ts";
import { loadMnist } from "../recipes/data/mnist.ts";
import { evaluate } from "../recipes/evaluate.ts";
import { findRecipe } from "../recipes/mod.ts";
import { release } from "../recipes/release.ts";
import { loadRun } from "../recipes/run_state.ts";
import { runTask } from "./errors.ts";
import { createCommand } from "./options.ts";

/** The evaluations of a card, by recipe: arguments of `deno task evaluate`. */
const evaluations: Readonly<
  Record<string, readonly { steps?: number; sampler?: SamplerName; count?: number }[]>
> = {
  "mnist-class": [{}, { sampler: "ddim" }, { steps: 300, sampler: "ddpm", count: 10 }],
  "mnist-time": [{}, { steps: 300, sampler: "ddpm", count: 10 }],
};

/** The commit that is checked out: not always the one that trained, which `--commit` can tell. */
async function currentCommit(): Promise<string> {
  const { stdout } = await new Deno.Command("git", { args: ["rev-parse", "--short", "HEAD"] }).output();
  return new TextDecoder().decode(stdout).trim();
}

interface Options {
  readonly out?: string;
  readonly commit?: string;
}

async function run(folder: string, { out, commit }: Options, signal: AbortSignal): Promise<void> {
  const { identity } = await loadRun(`${folder}/checkpoint.safetensors`);
  const { name } = findRecipe(identity.recipe);
  const target = out ?? `models/${name}`;
  const test = await loadMnist("test");
  await release({
    run: folder,
    out: target,
    date: new Date().toISOString().slice(0, 10),
    commit: commit ?? await currentCommit(),
    measure: async (model) => {
      const results = [];
      for (const options of evaluations[name] ?? [{}]) {
        const flags = Object.entries(options).map(([flag, value]) => ` --${flag} ${value}`).join("");
        const { count: perClass, ...rest } = options;
        const result = await evaluate(model, { ...rest, perClass, test, signal });
        console.error(`${name}${flags}: ${JSON.stringify(result)}`);
        results.push({ command: `deno task evaluate ${name}${flags}`, result });
      }
      return results;
    },
  });
  console.log(target);
}

await runTask(async (signal) => {
  await createCommand("release", "Makes of a finished run a model that ships, measured and with its card.")
    .argument("<run>", "the run's folder")
    .option("--out <folder>", "where the model goes (default: models/RECIPE)")
    .option(
      "--commit <commit>",
      "the commit of the code that trained it (default: the one that is checked out)",
    )
    .action((folder: string, options: Options) => run(folder, options, signal))
    .parseAsync(Deno.args, { from: "user" });
});
