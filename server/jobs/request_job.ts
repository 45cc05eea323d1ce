import { traced, traceParent } from "../tracing.ts";
import type { JobStatus } from "../wire.ts";
import type { JobRequest } from "./job.ts";

/**
 * Hands a request to a queue, as the beginning of its trace.
 *
 * @param request What to run.
 * @param start Hands it over.
 * @throws what handing it over throws.
 */
export async function requestJob(
  request: JobRequest,
  start: (request: JobRequest) => Promise<JobStatus>,
): Promise<JobStatus> {
  const attributes = { "job.section": request.section, "job.key": request.key };
  return await traced("job request", { kind: "producer", attributes }, async (span) => {
    const trace = traceParent();
    const status = await start({ ...request, ...(trace && { trace }) });
    // That of a request before, where somebody has asked for the same.
    span.setAttribute("job.id", status.id);
    return status;
  });
}
