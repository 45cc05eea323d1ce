/** Replaces `recipes/data/mnist.ts` in a tab: some thousand digits of MNIST, packed with the program. */
import type { Mnist, MnistSplit } from "../recipes/data/mnist.ts";
import { parseIdx } from "../recipes/data/idx.ts";

/**
 * Fetches digits.
 *
 * @param split `"train"` for those to train on, `"test"` for some hundred others.
 * @throws {Error} if they cannot be fetched.
 */
export async function loadMnist(split: MnistSplit): Promise<Mnist> {
  const [images, labels] = await Promise.all(
    ["images", "labels"].map((what) => unpacked(`${split}-${what}`)),
  );
  const classes = Array.from({ length: 10 }, (_, digit) => String(digit));
  return { images: images.data, labels: labels.data, count: images.shape[0], channels: 1, size: 28, classes };
}

/** A file of IDX that is packed by gzip. */
async function unpacked(name: string) {
  const url = new URL(`./digits/${name}.idx.gz`, import.meta.url);
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`${url}: the server says ${response.status}`);
  const stream = response.body.pipeThrough(new DecompressionStream("gzip"));
  return parseIdx(new Uint8Array(await new Response(stream).arrayBuffer()), name);
}
