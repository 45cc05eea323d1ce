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

function Fleet({ fleet: { workers, queues } }: { readonly fleet: FleetCounts }) {
  return (
    <div class="prose card">
      <h2 id="machines">Machines</h2>
      {workers.length === 0 ? <p>No worker is there.</p> : (
        <Rows
          of="machines"
          head={["Machine", "Device", "Runs", "Memory", "Models"]}
          rows={workers.map(({ host, device, jobs, running, megabytes, models }) => [
            ...[host, device, `${running} of ${jobs}`, `${(megabytes / 1000).toFixed(1)} GB`],
            namesOf(models),
          ])}
        />
      )}
      {queues.length > 0 && (
        <>
          <h2 id="queues">Queues</h2>
          <p>Workers that have the same models share one.</p>
          <Rows
            of="queues"
            head={["Models", "Waiting", "Running"]}
            rows={queues.map(({ models, waiting, running }) => [namesOf(models), waiting, running])}
          />
        </>
      )}
    </div>
  );
}

interface RowsProps {
  /** The id of the heading that names it. */
  readonly of: string;
  readonly head: readonly string[];
  /** The first cell of each is its heading. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A table that can be scrolled with the keyboard. */
function Rows({ of, head, rows }: RowsProps) {
  return (
    <div class="table" role="region" aria-labelledby={of} tabIndex={0}>
      <table>
        <thead>
          <tr>{head.map((name) => <th key={name} scope="col">{name}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map(([first, ...rest], i) => (
            <tr key={i}>
              <th scope="row">{first}</th>
              {rest.map((cell, k) => <td key={k}>{cell}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The last parts of folders: a model's full path on its machine is private. */
function namesOf(models: readonly string[]): string {
  return models.map((model) => model.replace(/[/\\]+$/, "").split(/[/\\]/).at(-1)!).join(", ") || "none";
}
