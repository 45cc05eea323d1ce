/**
 * Our side of `bench/deepfloyd.ts`: steps of a pipeline's network, timed. It opens the network on the command `open`, and reports
 * what it computes when it is asked for `output`; see `step_process.ts` for the rest.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import type { Query } from "../../lib/diffusion/mod.ts";
import { type DeepFloydModel, openDeepFloyd } from "../../lib/models/mod.ts";
import { Generator } from "../../lib/random.ts";
import { reshape, slice } from "../../lib/tensor.ts";

const [folder, threads, weights] = Deno.args;

/** Two pictures of noise under two texts of noise, which the peer draws alike. */
async function questions(model: DeepFloydModel): Promise<Query[]> {
  const { config, spec: { size, channels }, textLength } = model;
  const generator = new Generator(0);
  const x = generator.randn([2, channels, size, size]);
  const texts = generator.randn([2, textLength, config.textWidth]);
  const conditions = await model.prepare([0, 1].map((i) => {
    return { text: reshape(slice(texts, i, i + 1), [textLength, config.textWidth]) };
  }));
  return conditions.map((condition, i) => ({ model, t: 500, condition, input: { x: slice(x, i, i + 1) } }));
}

const say = (answer: unknown) => console.log(JSON.stringify(answer));
say({ engine: `Deno ${Deno.version.deno}, ${weights}` });

await using open = new AsyncDisposableStack();
let model: DeepFloydModel;
let queries: Query[];
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "open") {
    const start = performance.now();
    const prepack = weights === "prepacked";
    model = open.use(await openDeepFloyd(folder, { threads: Number(threads), prepack }));
    say({ milliseconds: performance.now() - start });
  } else if (line === "output") {
    queries = await questions(model!);
    const answers = await model!.run(queries);
    say(answers.flatMap(({ noise, variance }) => [...noise.data, ...variance!.data]));
  } else {
    const milliseconds: number[] = [];
    for (let i = 0; i < Number(line); i++) {
      const start = performance.now();
      await model!.run(queries!);
      milliseconds.push(performance.now() - start);
    }
    say({ milliseconds });
  }
}
