import { traced } from "../tracing.ts";
import type { JobRequest } from "./job.ts";

/**
 * Runs a job within a span of its request's trace.
 *
 * @param id The job.
 * @param request The request.
 * @param attributes Additional attributes.
 * @param run Runs it, and returns how it ended.
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
