/** Many ask several galleries for the same, while workers, galleries and Redis are killed: each result is made, and all are answered. */
import { assert, assertEquals } from "@std/assert";
import { runChaos } from "./chaos.ts";
import { hasRedis } from "./redis.ts";

console.error = () => {};

Deno.test({
  name:
    "100 visitors ask for 10 results at two galleries with three workers, of which one is killed every two seconds, and Redis is restarted",
  ignore: !hasRedis,
  async fn() {
    const { killed, visits, results, runs } = await runChaos({
      ...{ replicas: 2, workers: 3, visitors: 100, keys: 10 },
      ...{ steps: 40, arrivals: 8000, every: 2000, kills: 5, restarts: 1, store: "folder" },
    });
    assertEquals([visits.length, visits.every(({ right }) => right), results], [100, true, 10]);
    assert(killed.workers >= 2 && killed.galleries >= 1 && killed.redis === 1, JSON.stringify(killed));
    // A job may be hit three times; then it is told, and asked for once more.
    const told = new Set(visits.flatMap(({ refused }) => refused));
    assert([...told].every((text) => text.startsWith("3 workers were lost")), [...told].join());
    assert(runs.done >= 10, JSON.stringify(runs));
    assert(visits.some(({ broken }) => broken > 0), "galleries were killed while they answered");
  },
});
