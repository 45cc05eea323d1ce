/** Runs one job in a process of this machine, and stores its result. */
import { textHtml } from "../rich_text.ts";
import { DISK_FULL, isDiskFull } from "../store/disk_full.ts";
import type { ResultSink } from "../store/store.ts";
import { traced, traceParent } from "../tracing.ts";
import type { JobEvent, WireFigure } from "../wire.ts";
import type { RunOutcome, SectionRun, SectionRunner } from "../worker/section_runner.ts";
import type { Entry } from "./event_log.ts";
import type { JobRequest } from "./job.ts";
import type { RemainingTime } from "./remaining.ts";

/** How a job ends. */
export type LastEvent = Extract<JobEvent, { type: "done" | "failed" | "cancelled" }>;

/** A job to run. */
export interface JobRun {
  /** The name under which the store takes its files. */
  readonly stage: string;
  /** The request. */
  readonly request: JobRequest;
  /** The command for the process. */
  readonly run: SectionRun;
  /** The process. */
  readonly runner: SectionRunner;
  /** The sink of the result. */
  readonly sink: ResultSink;
  /** Records its progress. */
  readonly remaining: RemainingTime;
  /** Aborts it. */
  readonly signal: AbortSignal;
  /** Called when the store is ready for its files. */
  readonly onStaged?: () => void;
  /** Whether its models are unchanged since it was requested. */
  isCurrent(): Promise<boolean>;
  /** Publishes an event. */
  tell(event: JobEvent): void | Promise<void>;
  /** All published events. */
  entries(): readonly Entry[] | Promise<readonly Entry[]>;
}

/** The job no longer belongs to this worker: it was given to another, or is gone. */
export class LostJobError extends Error {
  override name = "LostJobError";
}

/** The process of a job, shared with others, ended: any of them may be the cause. */
export class CompanyLostError extends Error {
  override name = "CompanyLostError";
}

/** The message for a job whose models changed while it ran: its pictures may be of either version. */
export const CHANGED = "The files of a model were changed while this was computed: start it again.";

/**
 * Runs a job. Its result is stored if it completes, else nothing is.
 *
 * @param job The job.
 * @returns The event that it ends with, not yet published.
 * @throws {LostJobError} if publishing finds it lost.
 * @throws {CompanyLostError} if its process ended while shared with other jobs.
 */
export async function runJob(job: JobRun): Promise<LastEvent> {
  const { stage, request, run, runner, sink, remaining, signal } = job;
  const start = Date.now();
  const figures: WireFigure[] = [];
  let kept = false;
  try {
    await sink.stage(stage);
    job.onStaged?.();
    if (signal.aborted) return { type: "cancelled" };
    const outcome = await traced("job compute", {}, () => {
      const parent = traceParent();
      return runner.run({ ...run, ...(parent && { trace: parent }) }, {
        event: async (event) => {
          if (event.type !== "progress") return await job.tell(event);
          remaining.update(event.done, event.total);
          await job.tell({ ...event, remaining: remaining.seconds });
        },
        figure: async (plain, bytes) => {
          const figure = { ...plain, caption: textHtml(plain.caption), plainCaption: plain.caption };
          const attributes = { "file": figure.file, "bytes": bytes.length };
          await traced("job put", { parent, attributes }, () => sink.put(stage, figure.file, bytes));
          figures.push(figure);
          await job.tell({ type: "figure", figure });
        },
      }, signal);
    });
    if (outcome.type === "lost" && outcome.company > 0) throw new CompanyLostError(outcome.how);
    if (outcome.type !== "end") return lastOf(outcome, `job ${run.job}: ${request.section}`);
    if (!await job.isCurrent()) return { type: "failed", message: CHANGED };
    const done = { type: "done", seconds: (Date.now() - start) / 1000 } as const;
    const entries = await job.entries();
    const last = { id: (entries.at(-1)?.id ?? 0) + 1, type: done.type, json: JSON.stringify(done) };
    await traced("job keep", {}, () => sink.keep(stage, request, figures, done.seconds, [...entries, last]));
    kept = true;
    return done;
  } catch (error) {
    if (error instanceof LostJobError || error instanceof CompanyLostError) throw error;
    console.error(`job ${run.job}:`, error);
    const reason = isDiskFull(error) ? `${DISK_FULL}: the result` : "The result";
    return { type: "failed", message: `${reason} could not be kept.` };
  } finally {
    if (!kept) await sink.discard(stage).catch((error) => console.error(`job ${run.job}:`, error));
  }
}

/** The last event of a failed run. */
function lastOf(outcome: Exclude<RunOutcome, { type: "end" }>, what: string): LastEvent {
  switch (outcome.type) {
    case "aborted":
      return { type: "cancelled" };
    case "error":
      return { type: "failed", message: outcome.message, ...outcome.fault };
    case "lost":
      console.error(`${what}: worker ended: ${outcome.how}`);
      return {
        type: "failed",
        message: `The process that computed this ended (${outcome.how}): it may have run out of memory. ` +
          "Another one has taken its place.",
      };
  }
}
