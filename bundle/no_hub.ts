/** What takes the place of `lib/checkpoints/hub.ts` where the library is bundled for a browser: nothing was pulled there. */
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
