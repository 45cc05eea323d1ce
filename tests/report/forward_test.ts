/** The forward process against its formula. */
import { assert, assertEquals } from "@std/assert";
import { alphaBar } from "../../lib/diffusion/schedule.ts";
import { Generator } from "../../lib/random.ts";
import { map } from "../../lib/tensor.ts";
import { findSection } from "../../report/mod.ts";
import { gaussianContext, gradient, scheduler, SIZE } from "./gaussian_context.ts";
import { distance, eventsOf, figuresOf, picturesOf } from "./run_section.ts";

Deno.test("noisy pictures are those of the formula", async () => {
  const parameters = { timesteps: [0, 400, 999], seed: 7, image: "cat" };
  const figure = figuresOf(await eventsOf(findSection("forward"), parameters, gaussianContext())).get(
    "levels",
  )!;
  assertEquals(figure.columns, ["original", "t = 0", "t = 400", "t = 999"]);
  assertEquals(figure.parameters, { ...parameters, model: "emoji-I" });
  const [[original, ...noisy]] = await picturesOf(figure);
  assertEquals(original.data, gradient(3, 3).data);
  const noise = new Generator(7).randn([1, 3, SIZE, SIZE]);
  parameters.timesteps.forEach((t, i) => {
    const a = alphaBar(scheduler.schedule, t);
    const expected = map(
      original,
      (x, k) => Math.min(1, Math.max(-1, Math.sqrt(a) * x + Math.sqrt(1 - a) * noise.data[k])),
    );
    assert(distance(noisy[i], expected) <= 1 / 255 + 1e-6);
  });
});
