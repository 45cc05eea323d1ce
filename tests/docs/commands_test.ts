/** What the pages say about the command line is so: tasks, options, files, links. */
import { assert, assertEquals } from "@std/assert";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { succeed } from "../cli/task.ts";
import { headingId } from "../../server/markdown_html.ts";
import { codeBlocks, pagePaths, readPage } from "./markdown.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const config: { tasks: Record<string, string> } = JSON.parse(
  await Deno.readTextFile(join(root, "deno.json")),
);
const pages = await Promise.all(
  (await pagePaths()).map(async (path) => ({ path, text: await readPage(path) })),
);

const options = (text: string) => [...text.matchAll(/(?<![\w-])--[a-z][\w-]*/g)].map(([option]) => option);

/** Tasks whose programs explain themselves, and those of `models`. */
const explained = [
  "sample",
  "models",
  "report",
  "gallery",
  "worker",
  "site",
  "bundle",
  "data",
  "train",
  "evaluate",
  "release",
  "install:cuda",
];
const subcommands: Readonly<Record<string, readonly string[]>> = {
  models: ["list", "info", "vocabulary", "pull", "doctor", "encode", "quantize", "merge"],
  train: ["lora", "fine-tune", "textual-inversion"],
};

/** The options of each task, and of its commands. */
const known = new Map<string, ReadonlySet<string>>();
for (const task of explained) {
  // The tasks of the gallery and of workers do more first; their programs alone answer at once.
  const [, program] = /(cli\/\w+\.ts)$/.exec(config.tasks[task])!;
  const help = async (...args: string[]) => {
    if (!["gallery", "worker", "site"].includes(task)) return await succeed(task, ...args, "--help");
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--allow-read", "--allow-env", join(root, program), "--help"],
    }).output();
    return new TextDecoder().decode(stdout);
  };
  known.set(task, new Set(options(await help())));
  for (const command of subcommands[task] ?? []) {
    known.set(`${task} ${command}`, new Set(options(await help(command))));
  }
}
for (const [task, command] of Object.entries(config.tasks)) {
  const [, program] = /(bench\/\w+\.ts)$/.exec(command) ?? [];
  if (!program) continue;
  const source = await Deno.readTextFile(join(root, program));
  known.set(task, new Set([...source.matchAll(/(\w+): \{ type: "/g)].map(([, name]) => `--${name}`)));
}

/** The command lines that run a task: in blocks, and between backticks. */
function commands(text: string): { readonly task: string; readonly line: string }[] {
  const lines = codeBlocks(text, "sh").flatMap((block) => block.replaceAll("\\\n", " ").split("\n"));
  const inline = [...text.replaceAll(/^```.*?^```$/gms, "").matchAll(/`([^`]+)`/g)].map(([, code]) => code);
  return [...lines, ...inline.map((code) => code.replaceAll("\n", " "))].flatMap((line) => {
    const found = /(?:deno(?:@2\.9)? |^)task ([a-z][\w:-]*)(?: (\w[\w-]*))?/.exec(
      line.replace(/\s#\s.*$/, ""),
    );
    if (!found) return [];
    const [, task, next] = found;
    return [{
      task: subcommands[task]?.includes(next) ? `${task} ${next}` : task,
      line: line.replace(/\s#\s.*$/, ""),
    }];
  });
}

for (const { path, text } of pages) {
  Deno.test(`${path}: every task exists and takes the options that are shown`, () => {
    for (const { task, line } of commands(text)) {
      assert(task.split(" ")[0] in config.tasks, `${task} in: ${line}`);
      for (const option of options(line)) {
        assert(known.get(task)?.has(option) || option === "--help", `${option} of ${task} in: ${line}`);
      }
    }
  });

  Deno.test(`${path}: every option that is named belongs to some task, or to Deno`, () => {
    const all = new Set([...known.values()].flatMap((names) => [...names]));
    const ofOthers = /^--(allow-\w+|host|help|json|append\w+|maxmemory-policy)$/;
    for (const [, code] of text.replaceAll(/^```.*?^```$/gms, "").matchAll(/`([^`]+)`/g)) {
      for (const option of options(code)) {
        assert(all.has(option) || ofOthers.test(option), `${option}: ${code}`);
      }
    }
  });

  Deno.test(`${path}: files and links that are named exist`, async () => {
    const folders =
      "lib|cli|bench|report|recipes|server|routes|islands|components|static|tests|examples|docs|compat";
    for (const [, file] of text.matchAll(new RegExp(`\`((?:${folders})/[\\w/.-]*)\``, "g"))) {
      await Deno.stat(join(root, file)).catch(() =>
        assert(/^static\/report$/.test(file), `${path}: ${file}`)
      );
    }
    for (const [, href] of text.replaceAll(/^```.*?^```$/gms, "").matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(href)) continue;
      const [file, anchor] = href.split("#");
      const target = relative(root, join(root, dirname(path), file));
      if (file) await Deno.stat(join(root, target)).catch(() => assert(false, `${path}: ${href}`));
      if (!anchor) continue;
      const headings = [...(file ? await readPage(target) : text).matchAll(/^#+ (.+)$/gm)];
      assert(headings.some(([, heading]) => headingId(heading) === anchor), `${path}: ${href}`);
    }
  });
}

Deno.test("commands are found in blocks and in lines", () => {
  const text =
    "Run `task sample --again x`.\n\n```sh\nnpx -y deno@2.9 task models pull A/B \\\n  --variant fp16 # --not\n```\n";
  assertEquals(commands(text).map(({ task, line }) => [task, options(line)]), [
    ["models pull", ["--variant"]],
    ["sample", ["--again"]],
  ]);
});

Deno.test("docs/cli.md lists every option of sample", async () => {
  const listed = new Set(options(await readPage("docs/cli.md")));
  const missing = [...known.get("sample")!].filter((option) => option !== "--help" && !listed.has(option));
  assertEquals(missing, []);
});
