/**
 * Models from a hub: pulling them, and finding those that have been pulled.
 *
 * @example
 * ```ts
 * import { findPulledModel } from "@denoise/denoise/hub";
 *
 * const model = await findPulledModel("DeepFloyd/IF-I-M-v1.0", await Deno.makeTempDir());
 * console.log(model?.folder ?? "not pulled yet");
 * ```
 *
 * @module
 */
export { cacheFolder, endpointInEnvironment, type Environment } from "./hub/environment.ts";
export { HubError, type HubErrorReason } from "./hub/error.ts";
export type { PulledStorage } from "./hub/link_or_copy.ts";
export type { PulledFile, PulledManifest } from "./hub/manifest.ts";
export { pullModel, type PullOptions, type PullProgress } from "./hub/pull.ts";
export { findPulledFolder, findPulledModel, listPulledModels, type PulledModel } from "./hub/pulled_model.ts";
