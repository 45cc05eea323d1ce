/** `deno task data emoji`: makes a data set from the packages that hold it. */
import { buildEmoji, longNames, openIconSets } from "../recipes/data/emoji/build.ts";
import { emojiFolder } from "../recipes/data/emoji/load.ts";
import { type Name, names as chosenNames } from "../recipes/data/emoji/names.ts";
import type { IconSet } from "../recipes/data/emoji/icons.ts";
import { emojiSizes } from "../recipes/data/emoji/set.ts";
import { runTask, UsageError } from "./errors.ts";
import { createCommand, quote } from "./options.ts";
import { showProgress } from "./progress.ts";

interface Options {
  readonly names: string;
  readonly sizes: readonly number[];
  readonly out: string;
}

/** The largest pictures that may be asked for. */
const LARGEST = 1024;

function sizes(text: string): number[] {
  const list = text.split(",").map((part) => part.trim());
  const wrong = list.find((part) => !(/^\d+$/.test(part) && Number(part) >= 8 && Number(part) <= LARGEST));
  if (wrong !== undefined) {
    throw new UsageError(`sizes: ${quote(wrong)} where whole numbers from 8 to ${LARGEST} are expected`);
  }
  return [...new Set(list.map(Number))].sort((a, b) => a - b);
}

function choose(list: string, sets: readonly IconSet[]): readonly Name[] {
  if (list === "chosen") return chosenNames;
  const known = longNames(sets);
  if (list === "all") return known;
  return list.split(",").map((part) => part.trim()).map((wanted) => {
    const found = known.find(({ name }) => name === wanted);
    if (found) return found;
    throw new UsageError(`names: ${quote(wanted)} where chosen, all, or names of the list are expected`);
  });
}

const command = createCommand("data", "Renders a data set from the packages that contain it.")
  .argument("<set>", "emoji")
  .option("--names <list>", "chosen, all, or names separated by commas", "chosen")
  .option("--sizes <list>", "image sizes in pixels, separated by commas", sizes, [...emojiSizes])
  .option("--out <folder>", "folder for the data set", emojiFolder);

async function run(set: string, options: Options, signal: AbortSignal): Promise<void> {
  if (set !== "emoji") throw new UsageError(`set: ${quote(set)} where emoji is expected`);
  const sets = await openIconSets();
  const names = choose(options.names, sets);
  const skipped: string[] = [];
  using progress = showProgress("rendering", names.length, "names");
  const index = await buildEmoji({
    folder: options.out,
    sizes: options.sizes,
    names,
    sets,
    signal,
    onSkipped: (what) => skipped.push(what),
    onProgress: (done) => progress.update(done),
  });
  progress[Symbol.dispose]();
  for (const what of skipped) console.error(`skipped: ${what}`);
  const heldOut = index.entries.filter((entry) => entry.heldOut).length;
  console.log(
    `${options.out} holds ${index.entries.length} pictures of ${index.names.length} names in ` +
      `${index.styles.length} styles, ${
        options.sizes.join(", ")
      } pixels wide; ${heldOut} are held out of training`,
  );
}

await runTask(async (signal) => {
  await command
    .action((set: string, options: Options) => run(set, options, signal))
    .parseAsync(Deno.args, { from: "user" });
});
