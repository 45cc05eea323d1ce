import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { parseCard } from "../../lib/models/card.ts";
import { describeModel } from "../../lib/models/describe.ts";
import { Generator } from "../../lib/random.ts";
import { lossCurve } from "../../recipes/loss_curve.ts";
import { findRecipe } from "../../recipes/mod.ts";
import { releaseModel } from "../../recipes/release_model.ts";
import { train } from "../../recipes/train.ts";
import { temporaryFolder } from "../models/checkpoints.ts";

const line = (step: number, loss: number) => ({
  step,
  epoch: 1 + step / 10 | 0,
  loss,
  gradientNorm: 1,
  learningRate: 1,
});

Deno.test("a release holds the model, its log, its curve and its card", async () => {
  await using folder = await temporaryFolder();
  const [run, out] = [join(folder.path, "run"), join(folder.path, "model")];
  const images = Uint8Array.from(new Generator(7).rand([20 * 784]).data, (u) => u * 255);
  const data = { images, count: 20, channels: 1, size: 28 };
  const settings = { epochs: 2, batch: 10, microbatches: 2, learningRate: 1e-3, width: 4 };
  const options = { recipe: findRecipe("mnist-denoiser"), settings, data, seed: 1, out: run };
  const measure = () => Promise.resolve([{ command: "deno task evaluate this", result: { mse: 0.25 } }]);
  const facts = { run, out, measure, date: "2026-01-31", commit: "abc1234" };

  for await (const _ of train({ ...options, maxSteps: 3 }));
  await assertRejects(() => releaseModel(facts), RangeError, "3 steps where the 4 of a finished run");
  for await (const _ of train({ ...options, resume: true }));
  await releaseModel(facts);

  const card = await Deno.readTextFile(join(out, "README.md"));
  for (
    const text of [
      "20 pictures",
      "Adam, learning rate 0.001",
      "2 (4 steps)",
      "2026-01-31, abc1234",
      "| mse | 0.25 |",
    ]
  ) {
    assertStringIncludes(card, text);
  }
  assertEquals(parseCard(card).licence, "mit");
  assertMatch(parseCard(card).summary ?? "", /single-step denoiser on MNIST, hidden width 4/);
  assertEquals((await describeModel(out)).kind, "single-step denoiser");
  assertEquals(
    await Deno.readTextFile(join(out, "loss.jsonl")),
    await Deno.readTextFile(join(run, "loss.jsonl")),
  );
  assert((await Deno.readTextFile(join(out, "loss.svg"))).startsWith("<svg"));
});

Deno.test("the loss curve goes from the first step to the last, and falls where the loss does", () => {
  const svg = lossCurve([line(1, 1), line(5, 0.1), line(10, 0.01)]);
  const points = /polyline points="([^"]*)"/.exec(svg)![1].split(" ").map((point) =>
    point.split(",").map(Number)
  );
  assertEquals(points.length, 3);
  const [first, middle, last] = points;
  assert(first[0] < middle[0] && middle[0] < last[0]);
  // On a logarithmic scale equal factors are equal distances, and down is down.
  assert(Math.abs((middle[1] - first[1]) - (last[1] - middle[1])) < 0.2);
  assert(last[1] > first[1]);
});
