import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { inTime } from "../server/in_time.ts";
import type { FleetCounts } from "../server/jobs/queue.ts";
import { define } from "../server/state.ts";

/** The workers of a fleet, as they are now; where all is computed on this machine, there is no such page. */
export const handler = define.handlers({
  GET: async ({ state: { gallery: { settings, queue } } }) => {
    if (settings.queue === undefined) throw new HttpError(404);
    const counts = await inTime(queue.counts());
    return page({ counts }, { headers: { "cache-control": "no-store" }, status: counts ? 200 : 503 });
  },
});

export default define.page<typeof handler>(({ data: { counts } }) => (
  <div class="wide">
    <Head>
      <title>Workers · Denoise</title>
    </Head>
    <header class="prose">
      <h1>Workers</h1>
      <p class="lead">
        The machines that compute what you run here. {counts
          ? `Now ${counted(counts.running, "job runs", "jobs run")} and ${
            counted(counts.waiting, "waits", "wait")
          }.`
          : "Their queue does not answer now."} <a href="/workers">Look again</a>
      </p>
    </header>
    {counts && <Fleet fleet={counts.fleet!} />}
  </div>
));

function Fleet({ fleet }: { readonly fleet: FleetCounts }) {
  return (
    <div class="prose card">
      <h2 id="machines">Machines</h2>
      {fleet.workers.length === 0
        ? <p>No worker is there.</p>
        : (
          <div class="table" role="region" aria-labelledby="machines" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">Machine</th>
                  <th scope="col">Device</th>
                  <th scope="col">Runs</th>
                  <th scope="col">Memory</th>
                  <th scope="col">Models</th>
                </tr>
              </thead>
              <tbody>
                {fleet.workers.map(({ host, device, jobs, running, megabytes, models }) => (
                  <tr>
                    <th scope="row">{host}</th>
                    <td>{device}</td>
                    <td>{running} of {jobs}</td>
                    <td>{(megabytes / 1000).toFixed(1)} GB</td>
                    <td>{models.map(nameOf).join(", ") || "none"}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      {fleet.queues.length > 0 && (
        <>
          <h2 id="queues">Queues</h2>
          <p>Workers that have the same models share one.</p>
          <div class="table" role="region" aria-labelledby="queues" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">Models</th>
                  <th scope="col">Waiting</th>
                  <th scope="col">Running</th>
                </tr>
              </thead>
              <tbody>
                {fleet.queues.map(({ models, waiting, running }) => (
                  <tr>
                    <th scope="row">{models.map(nameOf).join(", ") || "none"}</th>
                    <td>{waiting}</td>
                    <td>{running}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </div>
  );
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The last part of a folder: where a model lies on its machine is nobody's affair. */
function nameOf(model: string): string {
  return model.replace(/[/\\]+$/, "").split(/[/\\]/).at(-1)!;
}
