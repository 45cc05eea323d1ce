/**
 * The inside of a worker process: runs the sections that are asked for on standard input, and answers on standard output. Several run
 * at the same time where several are asked for.
 *
 * @module
 */
import type { Context } from "../../report/context.ts";
import { runSection } from "../../report/run.ts";
import { type Section, SectionError, type SectionEvent } from "../../report/section.ts";
import { faultOf } from "../fault.ts";
import { DISK_FULL, isDiskFull } from "../store/disk_full.ts";
import { traced, traceParent } from "../tracing.ts";
import { type FromWorker, lines, MARK, type ToWorker } from "./protocol.ts";
import { tracedShelf } from "./traced_shelf.ts";
import { WireEvents } from "./wire_events.ts";

/** What a worker works with. */
export interface Workshop {
  /** The sections that it can run. */
  readonly sections: readonly Section[];
  /** Models and pictures for a job, until it is over: its signal, and the names of the models that take part. */
  readonly open: (signal: AbortSignal, models: readonly string[]) => Promise<JobContext>;
  /** What to do before the first job, such as opening the model that most of them use. */
  readonly prepare?: () => Promise<void>;
}

/** What a job works with, freed when it is disposed of. */
export interface JobContext extends AsyncDisposable {
  /** The context of its section. */
  readonly context: Context;
}

/** Works until standard input ends: with the server ends its worker. */
export async function serveSections({ sections, open, prepare }: Workshop): Promise<void> {
  const output = Deno.stdout.writable.getWriter();
  const encoder = new TextEncoder();
  const tell = async (message: FromWorker) => {
    await output.write(encoder.encode(`${MARK}${JSON.stringify(message)}\n`));
  };
  const running = new Map<string, AbortController>();
  await tell({ type: "ready" });
  const prepared = prepare?.().catch((error) => console.error("worker: could not prepare:", error));
  for await (const line of lines(Deno.stdin.readable)) {
    const message = JSON.parse(line) as ToWorker;
    if (message.type === "cancel") {
      running.get(message.job)?.abort(new DOMException("Cancelled", "AbortError"));
      continue;
    }
    const { job, section, parameters, models, trace } = message;
    const abort = new AbortController();
    running.set(job, abort);
    const found = sections.find(({ id }) => id === section);
    const run = async function* (parent: string | undefined) {
      await prepared;
      await using opened = await open(abort.signal, models);
      using shelf = parent === undefined ? undefined : tracedShelf(opened.context.models, parent);
      yield* runSection(found!, parameters, { ...opened.context, ...(shelf && { models: shelf }) });
    };
    const working = found
      ? runTraced(trace, section, (parent) => runJob(job, run(parent), abort.signal, tell))
      : tell({ type: "error", job, message: `No section ${section}` });
    working.finally(() => running.delete(job));
  }
  Deno.exit(0);
}

/** Runs a job within a span, where traces are recorded; it is given what its own spans are part of. */
async function runTraced(
  parent: string | undefined,
  section: string,
  run: (parent: string | undefined) => Promise<void>,
): Promise<void> {
  if (parent === undefined) return await run(undefined);
  await traced("job section", { parent, attributes: { "job.section": section } }, () => run(traceParent()));
}

async function runJob(
  job: string,
  events: AsyncGenerator<SectionEvent, void, undefined>,
  signal: AbortSignal,
  tell: (message: FromWorker) => Promise<void>,
): Promise<void> {
  const wire = new WireEvents();
  try {
    for await (const event of events) {
      // The runtime blocks the event loop; a cancellation is received here.
      await new Promise((resolve) => setTimeout(resolve, 0));
      signal.throwIfAborted();
      const made = wire.of(event);
      if (!made) continue;
      await tell(
        "figure" in made
          ? { type: "figure", job, figure: made.figure, data: made.bytes.toBase64() }
          : { type: "event", job, event: made.event },
      );
    }
    await tell({ type: "end", job, megabytes: Deno.memoryUsage().rss / 1e6 });
  } catch (error) {
    if (signal.aborted) return await tell({ type: "aborted", job });
    if (error instanceof SectionError) {
      return await tell({ type: "error", job, message: error.message, fault: faultOf(error) });
    }
    // What it is goes to the log: messages of other errors may name paths.
    console.error(error);
    const message = isDiskFull(error)
      ? `${DISK_FULL}: there is no room for what the section writes while it computes.`
      : "The section failed by a mistake of its own; the server's log says more.";
    await tell({ type: "error", job, message });
  }
}
