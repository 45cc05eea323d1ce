/**
 * 500 visitors ask three galleries with four workers for 50 results, while one of them is killed every two seconds, 30 in all,
 * and Redis is killed twice: needs `redis-server`. With `bucket` as its argument results are in a bucket that is out of order for a
 * third of the time.
 *
 * @module
 */
import { runChaos } from "../tests/fleet/chaos.ts";
import { median } from "./median.ts";

const store = Deno.args[0] === "bucket" ? "bucket" : "folder";
const { killed, visits, results, runs, faults, seconds } = await runChaos({
  ...{ replicas: 3, workers: 4, visitors: 500, keys: 50 },
  ...{ steps: 20, arrivals: 40_000, every: 2000, kills: 30, restarts: 2, store },
});
const right = visits.filter(({ right }) => right).length;
const broken = visits.reduce((sum, { broken }) => sum + broken, 0);
const refusals = new Map<string, number>();
for (const text of visits.flatMap(({ refused }) => refused)) {
  refusals.set(text, (refusals.get(text) ?? 0) + 1);
}
const waits = visits.map(({ milliseconds }) => milliseconds / 1000);
console.log(`killed: ${killed.workers} workers, ${killed.galleries} galleries, Redis ${killed.redis} times`);
console.log(`visitors with the right picture: ${right} of ${visits.length}; results: ${results} of 50`);
console.log(`runs: ${runs.done} done, ${runs.failed} failed, ${runs.cancelled} cancelled`);
console.log(`connections that broke: ${broken}`);
if (store === "bucket") console.log(`connections with the bucket that were slow or broke: ${faults}`);
for (const [text, count] of refusals) console.log(`told ${count} times: ${text}`);
console.log(
  `until a picture was there: ${median(waits).toFixed(1)} s (median), ${
    Math.max(...waits).toFixed(1)
  } s (most)`,
);
console.log(`all in ${seconds.toFixed(0)} s`);
Deno.exit(right === visits.length && results === 50 ? 0 : 1);
