/** Finds how many channels a block of the CPU's fastest layout has. */
import { machine } from "../platform/mod.ts";
import { Generator } from "../random.ts";
import { Graph } from "./graph.ts";
import { conv2d } from "./ops/conv.ts";
import { openSession } from "./session.ts";

/** The widths of block there are, the widest first. */
const BLOCKS = [16, 8];

let found: Promise<number | undefined> | undefined;

/**
 * How many channels the runtime's kernels for this CPU have in a block; undefined where blocks do not serve. It is found by
 * trying: the runtime does not say.
 */
export function convolutionBlock(): Promise<number | undefined> {
  return found ??= machine.runtime.hasBlockedConvolutions ? tryBlocks() : Promise.resolve(undefined);
}

async function tryBlocks(): Promise<number | undefined> {
  const channels = Math.max(...BLOCKS);
  const graph = new Graph("blocks");
  const x = graph.input("x", "float32", [1, 2 * channels, 3, 3]);
  const weight = graph.input("weight", "float32", [channels, 2 * channels, 2, 2]);
  graph.output("y", conv2d(x, weight));
  const generator = new Generator(0);
  const inputs = {
    x: generator.randn([1, 2 * channels, 3, 3]),
    weight: generator.randn([channels, 2 * channels, 2, 2]),
  };
  const run = async (block?: number) => {
    await using session = await openSession(graph.toBytes({ convolutionBlock: block }), { threads: 1 });
    return (await session.run(inputs)).y.data;
  };
  const expected = await run();
  for (const block of BLOCKS) {
    const result = await run(block).catch(() => undefined);
    if (result?.every((value, i) => Math.abs(value - expected[i]) < 1e-3)) return block;
  }
  return undefined;
}
