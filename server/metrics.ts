/** Numbers for whoever looks after a server, as Prometheus reads them. */
import type { QueueCounts } from "./jobs/queue.ts";
import type { StoreSize } from "./store/store.ts";

/** Counts answers. */
export class Metrics {
  readonly #answers = new Map<string, number>();
  #seconds = 0;
  #count = 0;

  /** An answer was given. */
  answered(status: number, seconds: number): void {
    const kind = `${Math.floor(status / 100)}xx`;
    this.#answers.set(kind, (this.#answers.get(kind) ?? 0) + 1);
    this.#seconds += seconds;
    this.#count++;
  }

  /** All numbers. */
  text(queue: QueueCounts, store: StoreSize): string {
    const lines: string[] = [];
    const add = (name: string, type: string, help: string, values: Record<string, number>) => {
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
    add("results", "gauge", "Results that are kept.", { "": store.results });
    add("result_bytes", "gauge", "Bytes of results that are kept.", { "": store.bytes });
    add("memory_bytes", "gauge", "Memory of the server.", { "": Deno.memoryUsage().rss });
    return lines.join("\n") + "\n";
  }
}
