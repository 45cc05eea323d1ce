/** A section whose previews say when they were made, in place of their timestep. */
import { z } from "zod";
import { encodePng } from "../../lib/image.ts";
import { Generator } from "../../lib/random.ts";
import { seed, whole } from "../../report/fields.ts";
import { defineSection, type Media } from "../../report/section.ts";

/** How many milliseconds lie between two previews: more come than the previews of a slot may, so that none is left out. */
const BETWEEN = 150;

const words = { label: "Steps", help: "Steps." };

/** Previews of noise of 64 x 64 pixels, as large as those of a first stage. */
export const clock = defineSection({
  id: "clock",
  title: "Clock",
  summary: "Previews that say when they were made.",
  blocks: [],
  parameters: z.object({ steps: whole({ min: 1, max: 1000, value: 40, ...words }), seed: seed() }),
  quick: {},
  async *run({ steps, seed }) {
    const generator = new Generator(seed);
    const noise = (): Media => {
      const bytes = Uint8Array.from(encodePng(generator.randn([3, 64, 64])));
      return { type: "image/png", width: 64, height: 64, bytes };
    };
    for (let step = 1; step <= steps; step++) {
      await new Promise((resolve) => setTimeout(resolve, BETWEEN));
      const [x, x0] = [noise(), noise()];
      yield { type: "preview", preview: { slot: "clock", step, steps, t: Date.now(), x, x0, count: 1 } };
    }
  },
});
