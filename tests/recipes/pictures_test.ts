/** Folders of one's own pictures as systems and archives leave them. */
import { assertEquals, assertRejects } from "@std/assert";
import { dirname, join } from "node:path";
import { encodePng } from "../../lib/image.ts";
import { full } from "../../lib/tensor.ts";
import { loadPictures } from "../../recipes/data/pictures.ts";
import { runTask } from "../cli/task.ts";
import { png } from "../image/files.ts";
import { temporaryFolder } from "../models/checkpoints.ts";

const gray = (value: number) => encodePng(full([1, 4, 4], value));
const text = (value: string) => new TextEncoder().encode(value);

/** Writes files; a name that ends in a slash is an empty folder. */
async function write(folder: string, files: Record<string, Uint8Array>): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    await Deno.mkdir(name.endsWith("/") ? join(folder, name) : dirname(join(folder, name)), {
      recursive: true,
    });
    if (!name.endsWith("/")) await Deno.writeFile(join(folder, name), bytes);
  }
}

const load = async (files: Record<string, Uint8Array>) => {
  await using folder = await temporaryFolder();
  await write(folder.path, files);
  const { classes, labels, images, skipped } = await loadPictures(folder.path, { size: 1, channels: 1 });
  return { classes, labels: labels && [...labels], images: [...images], skipped };
};

const nothing = "a folder without a picture of its own, which is no class";
const unknown = (n: number) => `${n} bytes of an unknown format where a PNG, JPEG or GIF is expected`;

Deno.test("a folder without pictures is no class, and is named", async () => {
  const set = await load({
    "New folder/": new Uint8Array(),
    "__MACOSX/._p1.png": text("mac"),
    "cat/p1.PNG": gray(-1),
    "cat/p2.PNG": gray(-1),
    "dog/p1.PNG": gray(1),
    "empty but for notes/notes.txt": text("notes"),
    ".git/objects/picture.png": gray(0),
  });
  assertEquals(set, {
    classes: ["cat", "dog"],
    labels: [0, 0, 1],
    images: [0, 0, 255],
    skipped: [
      `New folder: ${nothing}`,
      `__MACOSX: ${nothing}`,
      `empty but for notes/notes.txt: ${unknown(5)}`,
      `empty but for notes: ${nothing}`,
    ],
  });
});

Deno.test("labels have no gap where a folder between others is no class", async () => {
  const set = await load({ "a/1.png": gray(-1), "b/": new Uint8Array(), "c/1.png": gray(1) });
  assertEquals([set.classes, set.labels], [["a", "c"], [0, 1]]);
});

Deno.test("what systems leave behind is no picture, and folders in folders are told of", async () => {
  const set = await load({
    "cat/1.png": gray(-1),
    "cat/Thumbs.db": text("thumbs"),
    "cat/.DS_Store": text("store"),
    "cat/kittens/2.png": gray(1),
    "nested/deeper/1.png": gray(1),
    "desktop.ini": text("[x]"),
  });
  assertEquals(set, {
    classes: ["cat"],
    labels: [0],
    images: [0],
    skipped: [
      `cat/Thumbs.db: ${unknown(6)}`,
      "cat/kittens: a folder within a class",
      "nested: a folder without a picture of its own, only folders (deeper), which is no class",
      "desktop.ini: stands beside the sub-folders, which are the classes",
    ],
  });
});

Deno.test("where no sub-folder has pictures, the folder's own are the set, without classes", async () => {
  const set = await load({
    "1.png": gray(-1),
    "2.png": gray(1),
    "__MACOSX/._1.png": text("mac"),
    "out/": new Uint8Array(),
  });
  assertEquals([set.classes, set.labels, set.images], [undefined, undefined, [0, 255]]);
  assertEquals(set.skipped, [`__MACOSX: ${nothing}`, `out: ${nothing}`]);
});

Deno.test("links that lead nowhere are passed over, those that lead to pictures are followed", async () => {
  await using folder = await temporaryFolder();
  await write(folder.path, { "a/1.png": gray(1), "elsewhere/2.png": gray(-1) });
  await Deno.symlink(join(folder.path, "nowhere"), join(folder.path, "a", "broken.png"));
  await Deno.symlink(join(folder.path, "elsewhere", "2.png"), join(folder.path, "a", "link.png"));
  const { skipped, count, classes } = await loadPictures(folder.path, { size: 1 });
  assertEquals([skipped, count, classes], [
    ["a/broken.png: a link that leads nowhere where a picture is expected"],
    3,
    [
      "a",
      "elsewhere",
    ],
  ]);
});

Deno.test("folders without any picture are refused; at most 256 are classes", async () => {
  await assertRejects(
    () => load({ "New folder/": new Uint8Array(), "b/x.txt": text("x") }),
    Error,
    `where a folder with a PNG, JPEG or GIF is expected (3 left out, the first: New folder: ${nothing})`,
  );
  const many = (n: number) =>
    Object.fromEntries(Array.from({ length: n }, (_, i) => [`${i}/1.png`, gray(0)]));
  const empty = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`empty ${i}/`, new Uint8Array()]));
  assertEquals((await load({ ...many(256), ...empty })).classes!.length, 256);
  await assertRejects(() => load(many(257)), RangeError, "at most 256 classes");
});

Deno.test("a gray picture of one's own is laid on white, as one of colour is", async () => {
  const transparent = png(2, 2, new Uint8Array(16));
  assertEquals((await load({ "1.png": transparent })).images, [255]);
});

Deno.test("train tells which folders it has passed over", async () => {
  await using folder = await temporaryFolder();
  const pictures = ["cat", "dog"].flatMap((name) =>
    [1, 2].map((i) => [`data/${name}/p${i}.PNG`, gray(i - 1)] as const)
  );
  await write(folder.path, { ...Object.fromEntries(pictures), "data/New folder/": new Uint8Array() });
  const { code, stderr } = await runTask(
    ...[
      "train",
      "mnist-class",
      "--data",
      join(folder.path, "data"),
      "--out",
      join(folder.path, "run"),
    ] as const,
    ...[
      "--width",
      "4",
      "--microbatches",
      "1",
      "--batch",
      "2",
      "--microbatches",
      "1",
      "--epochs",
      "1",
      "--max-steps",
      "1",
      "--previews",
      "none",
    ],
  );
  assertEquals(code, 0, stderr);
  assertEquals(stderr.split("\n")[0], `skipped: New folder: ${nothing}`);
});
