import { assertEquals } from "@std/assert";
import { join } from "../../lib/diffusion/plan.ts";
import type { Plan, Prediction, Query } from "../../lib/diffusion/types.ts";
import { full } from "../../lib/tensor.ts";

const prediction = (value: number): Prediction => ({ noise: full([1], value) });
const valueOf = ({ noise }: Prediction) => noise.data[0];

/** A plan of questions that are marked by their timestep; its prediction lists the answers as digits. */
function plan(...timesteps: number[]): Plan {
  return {
    queries: timesteps.map((t) => ({ t }) as Query),
    answer: (predictions) => prediction(predictions.reduce((number, p) => 10 * number + valueOf(p), 0)),
  };
}

Deno.test("joined plans ask all questions in order, and each hears the answers to its own", () => {
  const joined = join([
    plan(1, 2),
    plan(),
    join([plan(3), plan(4, 5)], ([a, b]) => prediction(1000 * valueOf(a) + valueOf(b))),
  ], (own) => {
    assertEquals(own.map(valueOf), [12, 0, 3045]);
    return own[2];
  });
  assertEquals(joined.queries.map(({ t }) => t), [1, 2, 3, 4, 5]);
  assertEquals(valueOf(joined.answer([1, 2, 3, 4, 5].map(prediction))), 3045);
});

Deno.test("a leaf of joined plans is planned once, and answers once", () => {
  let answered = 0;
  const leaf = (): Plan => ({ queries: [{ t: 0 } as Query], answer: ([p]) => (answered++, p) });
  const pair = () => join([leaf(), leaf()], ([p]) => p);
  join([pair(), pair()], ([p]) => p).answer([1, 2, 3, 4].map(prediction));
  assertEquals(answered, 4);
});
