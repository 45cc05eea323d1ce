/** `deno task train RECIPE`: trains one of the networks that ship, or the same network on one's own pictures. */
import { parseArgs } from "node:util";
import { loadMnist } from "../recipes/data/mnist.ts";
import { loadPictures } from "../recipes/data/pictures.ts";
import { findRecipe, recipes } from "../recipes/mod.ts";
import { train } from "../recipes/train.ts";

const { positionals, values } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    epochs: { type: "string" },
    batch: { type: "string" },
    "learning-rate": { type: "string" },
    width: { type: "string" },
    seed: { type: "string", default: "0" },
    out: { type: "string" },
    data: { type: "string" },
    from: { type: "string" },
    resume: { type: "boolean", default: false },
    "max-steps": { type: "string" },
  },
});
const recipe = findRecipe(positionals[0]);
const number = (text: string | undefined, fallback: number) => text === undefined ? fallback : Number(text);
const settings = {
  epochs: number(values.epochs, recipe.defaults.epochs),
  batch: number(values.batch, recipe.defaults.batch),
  learningRate: number(values["learning-rate"], recipe.defaults.learningRate),
  width: number(values.width, recipe.defaults.width),
};
const data = values.data
  ? await loadPictures(values.data, { size: 28, channels: 1 })
  : await loadMnist("train");
const stop = new AbortController();
Deno.addSignalListener("SIGINT", () => stop.abort());
let smooth = 0;
for await (
  const event of train({
    recipe,
    settings,
    data,
    seed: Number(values.seed),
    out: values.out ?? `runs/${recipe.name}`,
    resume: values.resume,
    from: values.from,
    maxSteps: values["max-steps"] === undefined ? undefined : Number(values["max-steps"]),
    signal: stop.signal,
  })
) {
  smooth = smooth ? 0.98 * smooth + 0.02 * event.loss : event.loss;
  if (event.step % 20 === 0 || event.epochEnded) {
    console.log(
      event.step,
      "/",
      event.steps,
      smooth.toFixed(4),
      event.imagesPerSecond.toFixed(0),
      "images/s",
      (event.secondsLeft / 60).toFixed(1),
      "min",
    );
  }
}
void recipes;
