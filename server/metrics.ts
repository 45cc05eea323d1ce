/** Metrics in the format of Prometheus. */
import type { FleetCounts, QueueCounts } from "./jobs/queue.ts";
import type { StoreSize } from "./store/store.ts";

/** Adds a metric: its values by their labels. */
type Add = (name: string, type: string, help: string, values: Record<string, number>) => void;

/** Counts responses. */
export class Metrics {
  readonly #answers = new Map<string, number>();
  #seconds = 0;
  #count = 0;

  /** Records a response. */
  answered(status: number, seconds: number): void {
    const kind = `${Math.floor(status / 100)}xx`;
    this.#answers.set(kind, (this.#answers.get(kind) ?? 0) + 1);
    this.#seconds += seconds;
    this.#count++;
  }

  /** All metrics. */
  text(queue: QueueCounts, store: StoreSize): string {
    const lines: string[] = [];
    const add: Add = (name, type, help, values) => {
      lines.push(`# HELP gallery_${name} ${help}`, `# TYPE gallery_${name} ${type}`);
      for (const [labels, value] of Object.entries(values)) lines.push(`gallery_${name}${labels} ${value}`);
    };
    const labelled = (label: string, values: Iterable<[string, number]>) =>
      Object.fromEntries(Array.from(values, ([name, value]) => [`{${label}="${name}"}`, value]));
    add("answers_total", "counter", "Answers by class of status.", labelled("status", this.#answers));
    add("answer_seconds_sum", "counter", "Seconds until answers began.", { "": this.#seconds });
    add("answer_seconds_count", "counter", "Answers that were timed.", { "": this.#count });
    add("jobs_waiting", "gauge", "Jobs that wait.", { "": queue.waiting });
    add("jobs_running", "gauge", "Jobs that run.", { "": queue.running });
    add("jobs_ended_total", "counter", "Jobs that ended.", labelled("how", Object.entries(queue.ended)));
    add("job_seconds_total", "counter", "Seconds that jobs have run.", { "": queue.seconds });
    add("workers", "gauge", "Worker processes.", { "": queue.workers });
    add("workers_replaced_total", "counter", "Worker processes that were replaced.", { "": queue.replaced });
    if (queue.fleet) addFleet(queue.fleet, add);
    add("results", "gauge", "Results that are kept.", { "": store.results });
    add("result_bytes", "gauge", "Bytes of results that are kept.", { "": store.bytes });
    add("memory_bytes", "gauge", "Memory of the server.", { "": Deno.memoryUsage().rss });
    return lines.join("\n") + "\n";
  }
}

/** Adds the metrics of a fleet, whose workers are on other machines. */
function addFleet({ queues, workers, runs, waits }: FleetCounts, add: Add): void {
  const of = <T>(
    items: readonly T[],
    labels: (item: T) => Record<string, string>,
    value: (item: T) => number,
  ) => {
    const values: Record<string, number> = {};
    for (const item of items) {
      const names = labelsOf(labels(item));
      values[names] = (values[names] ?? 0) + value(item);
    }
    return values;
  };
  const models = (queue: FleetCounts["queues"][number]) => ({ models: queue.models.join() });
  const place = ({ host, device }: FleetCounts["workers"][number]) => ({ host, device });
  const help = "by the models of their workers.";
  add("fleet_jobs_waiting", "gauge", `Jobs that wait, ${help}`, of(queues, models, ({ waiting }) => waiting));
  add("fleet_jobs_running", "gauge", `Jobs that run, ${help}`, of(queues, models, ({ running }) => running));
  add("fleet_slots", "gauge", "Jobs that workers can run at a time.", of(workers, place, ({ jobs }) => jobs));
  add("fleet_slots_busy", "gauge", "Jobs that workers run.", of(workers, place, ({ running }) => running));
  add(
    "fleet_runs_total",
    "counter",
    "Runs that are over.",
    of(runs, ({ section, models, host, how }) => ({ section, models, host, how }), ({ count }) => count),
  );
  add("fleet_wait_seconds_sum", "counter", "Seconds that jobs have waited.", { "": waits.seconds });
  add("fleet_wait_seconds_count", "counter", "Jobs that have begun.", { "": waits.jobs });
}

/** Labels as Prometheus reads them. */
function labelsOf(labels: Readonly<Record<string, string>>): string {
  const escaped = (text: string) => text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
  return `{${Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`).join()}}`;
}
