/** Replaces `lib/checkpoints/hub.ts` in the browser bundle, where nothing was pulled. */
import type { PulledModel } from "../lib/checkpoints/hub.ts";

export { HubError } from "../lib/checkpoints/hub/error.ts";

/** No model has been pulled. */
export function findPulledFolder(): Promise<string | undefined> {
  return Promise.resolve(undefined);
}

/** No model has been pulled. */
export function findPulledModel(): Promise<PulledModel | undefined> {
  return Promise.resolve(undefined);
}

/** No model has been pulled. */
export function listPulledModels(): Promise<PulledModel[]> {
  return Promise.resolve([]);
}

/** None can be pulled. */
export function pullModel(repo: string): Promise<string> {
  return Promise.reject(new Error(`repo: ${repo} cannot be pulled where there is no disk`));
}
