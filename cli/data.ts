/** `deno task data emoji`: draws the reference set from the packages, and a sheet of what training sees. */
import { ArgumentError } from "../lib/errors.ts";
import { writeAtomic } from "../recipes/atomic_write.ts";
import { buildEmoji } from "../recipes/data/emoji/build.ts";
import { contactSheet } from "../recipes/data/emoji/contact_sheet.ts";
import { emojiFolder } from "../recipes/data/emoji/load.ts";
import { chooseNames, listLengths, type Name } from "../recipes/data/emoji/names.ts";
import { emojiSizes } from "../recipes/data/emoji/set.ts";
import { runTask } from "./errors.ts";
import { createCommand, integer } from "./options.ts";
import { showProgress } from "./progress.ts";

interface Options {
  readonly names: string;
  readonly sizes: readonly number[];
  readonly out: string;
  readonly sheet?: string;
  readonly seed: number;
}

/** The largest allowed size, in pixels. */
const LARGEST = 1024;

function sizes(text: string): number[] {
  const list = text.split(",").map((part) => part.trim());
  const wrong = list.find((part) => !(/^\d+$/.test(part) && Number(part) >= 8 && Number(part) <= LARGEST));
  if (wrong !== undefined) {
    throw new ArgumentError("sizes", wrong, `whole numbers from 8 to ${LARGEST}`, { plural: true });
  }
  return [...new Set(list.map(Number))].sort((a, b) => a - b);
}

function choose(list: string): readonly Name[] {
  return chooseNames(list.split(",").map((part) => part.trim()));
}

const command = createCommand(
  "data",
  "Renders every icon of the data set: the images that networks are measured by.",
)
  .argument("<set>", "emoji")
  .option("--names <list>", `names separated by commas, or how many: ${listLengths.join(", ")}`, "78")
  .option("--sizes <list>", "image sizes in pixels, separated by commas", sizes, [...emojiSizes])
  .option("--out <folder>", "folder for the data set", emojiFolder)
  .option("--sheet <file>", "also renders a hundred training scenes with their captions to a PNG file")
  .option("--seed <n>", "seed of those scenes", integer("seed"), 0);

async function run(set: string, options: Options, signal: AbortSignal): Promise<void> {
  if (set !== "emoji") throw new ArgumentError("set", set, "emoji");
  const names = choose(options.names);
  const { out, sizes, sheet, seed } = options;
  using progress = showProgress("rendering", names.length, "names");
  const { index, catalog } = await buildEmoji({
    folder: out,
    sizes,
    names,
    signal,
    onProgress: (done) => progress.update(done),
  });
  progress[Symbol.dispose]();
  for (const what of index.skipped) console.error(`skipped: ${what}`);
  const heldOut = (kind: "picture" | "pair") =>
    index.entries.filter((entry) => entry.heldOut === kind).length;
  console.log(
    `${out} holds ${index.entries.length} pictures of ${index.names.length} names in ` +
      `${index.styles.length} styles, ${sizes.join(", ")} pixels wide; held out of training are ` +
      `${heldOut("pair")} of pairs of name and style, and ${heldOut("picture")} others`,
  );
  if (sheet === undefined) return;
  await writeAtomic(sheet, await contactSheet(catalog, { seed }));
  console.log(`${sheet} shows scenes of training`);
}

await runTask(async (signal) => {
  await command
    .action((set: string, options: Options) => run(set, options, signal))
    .parseAsync(Deno.args, { from: "user" });
});
