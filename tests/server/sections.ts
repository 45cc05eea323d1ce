/** Sections for tests of the server: they draw squares, wait, fail and end their process, as they are told. */
import { z } from "zod";
import { ArgumentError } from "../../lib/argument_error.ts";
import { encodePng } from "../../lib/image/png.ts";
import { full } from "../../lib/tensor.ts";
import { choice, image, seed, whole } from "../../report/fields.ts";
import { defineSection, type Media, type Section } from "../../report/section.ts";

const number = (label: string, value: number, max = 100_000) =>
  whole({ min: 0, max, value, label, help: label });

function square(value: number, size = 8): Media {
  const gray = full([1, size, size], value);
  return {
    type: "image/png",
    width: size,
    height: size,
    bytes: Uint8Array.from(encodePng(gray, { range: [0, 1] })),
  };
}

/** Draws squares, step by step. */
const squares = defineSection({
  id: "squares",
  title: "Squares",
  summary: "Squares that become lighter.",
  blocks: [{ kind: "paragraph", text: "A square of value $v$." }],
  parameters: z.object({
    steps: number("Steps", 4),
    wait: number("Milliseconds of a step", 5),
    block: number("Milliseconds that the event loop is blocked at each step but the first", 0),
    size: number("Size", 8, 2000),
    seed: seed(),
    image: image("cat"),
    end: choice(["well", "error", "exit", "memory", "wrong"], "well", { label: "End", help: "How it ends." }),
  }),
  quick: { steps: 2 },
  async *run({ steps, wait, block, size, image, end }, { images, signal }) {
    await images.picture(image);
    for (let step = 1; step <= steps; step++) {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, wait));
      const until = Date.now() + block;
      while (step > 1 && Date.now() < until);
      const picture = square(step / steps, size);
      yield { type: "progress", done: step, total: steps, label: "squares" };
      yield {
        type: "preview",
        preview: { slot: "square", step, steps, t: steps - step, x: picture, x0: picture, count: 1 },
      };
      yield { type: "points", curve: "value", points: [[step, step / steps]] };
    }
    if (end === "error") throw new Error("secret /etc/passwd");
    if (end === "wrong") throw new ArgumentError("steps", 4, "fewer", { plural: true });
    if (end === "exit") Deno.exit(7);
    if (end === "memory") {
      for (const hoard: unknown[] = [];;) hoard.push(new Array(1e6).fill(hoard.length));
    }
    yield {
      type: "figure",
      figure: {
        name: "square",
        caption: "The square of value $1$, <b>bold</b>.",
        alt: "A white square.",
        media: square(1, size),
        rows: [],
        columns: [],
        cells: [],
        parameters: {},
      },
    };
  },
});

/** The sections. */
export const testSections: readonly Section[] = [squares];
