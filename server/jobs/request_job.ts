import { traced, traceParent } from "../tracing.ts";
import type { JobStatus } from "../wire.ts";
import type { JobRequest } from "./job.ts";

/**
 * Passes a request to a queue, starting its trace.
 *
 * @param request What to run.
 * @param start Queues it.
 * @throws what `start` throws.
 */
export async function requestJob(
  request: JobRequest,
  start: (request: JobRequest) => Promise<JobStatus>,
): Promise<JobStatus> {
  const attributes = { "job.section": request.section, "job.key": request.key };
  return await traced("job request", { kind: "producer", attributes }, async (span) => {
    const trace = traceParent();
    const status = await start({ ...request, ...(trace && { trace }) });
    // The job may be that of an earlier, identical request.
    span.setAttribute("job.id", status.id);
    return status;
  });
}
