import { traced } from "../tracing.ts";
import type { JobRequest } from "./job.ts";

/**
 * Runs a job within a span of the trace of its request.
 *
 * @param id The job.
 * @param request What was asked for.
 * @param attributes What else is known.
 * @param run Runs it, and says how it ended.
 * @throws what running it throws.
 */
export async function tracedRun(
  id: string,
  { section, key, models, trace }: JobRequest,
  attributes: Readonly<Record<string, string | number>>,
  run: () => Promise<string>,
): Promise<void> {
  const known = {
    "job.id": id,
    "job.section": section,
    "job.key": key,
    "job.models": Object.keys(models),
    ...attributes,
  };
  await traced("job run", { kind: "consumer", attributes: known, parent: trace }, async (span) => {
    span.setAttribute("job.outcome", await run());
  });
}
