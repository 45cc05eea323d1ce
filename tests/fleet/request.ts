/** Requests for the section of the tests. */
import { parseParameters } from "../../report/mod.ts";
import { resultKey } from "../../server/catalog.ts";
import type { JobRequest } from "../../server/jobs/job.ts";
import { testSections } from "../server/sections.ts";

/** A request with some parameters, and with models by their digests. */
export function request(
  parameters: Record<string, unknown> = {},
  models: Record<string, string> = {},
): JobRequest {
  const [section] = testSections;
  const all = parseParameters(section, parameters);
  return { section: section.id, parameters: all, key: resultKey(section.id, all, models), models };
}
