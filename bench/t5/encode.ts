/** The process that `bench/t5.ts` watches: it opens an encoder on the command `open`, and encodes a prompt on `encode`. */
import process from "node:process";
import { createInterface } from "node:readline";
import { openT5, type T5Encoder } from "../../lib/models/mod.ts";
import { tensor } from "../../lib/tensor.ts";

const [folder, threads, variant] = Deno.args;
/** Seven pieces and the end, then padding. */
const PIECES = 8;

const say = (answer: unknown) => console.log(JSON.stringify(answer));
say({ engine: `Deno ${Deno.version.deno}` });

await using open = new AsyncDisposableStack();
let encoder: T5Encoder;
for await (const line of createInterface({ input: process.stdin })) {
  const start = performance.now();
  if (line === "open") {
    encoder = open.use(await openT5(folder, { threads: Number(threads), variant: variant || undefined }));
    say({ milliseconds: performance.now() - start });
  } else {
    const { length } = encoder!;
    const ids = BigInt64Array.from(
      { length },
      (_, i) => i < PIECES - 1 ? BigInt(100 + i) : i < PIECES ? 1n : 0n,
    );
    const mask = ids.map((id) => id === 0n ? 0n : 1n);
    const { data } = await encoder!.encode(tensor(ids, [1, length]), tensor(mask, [1, length]));
    say({ milliseconds: performance.now() - start, finite: data.every(Number.isFinite) });
  }
}
