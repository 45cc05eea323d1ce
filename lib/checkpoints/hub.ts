/**
 * Models from a hub: pulling them, and finding those that have been pulled.
 *
 * @module
 */
export { HubError, type HubErrorReason } from "./hub/error.ts";
export type { PulledStorage } from "./hub/link_or_copy.ts";
export type { PulledFile, PulledManifest } from "./hub/manifest.ts";
export { pullModel, type PullOptions, type PullProgress } from "./hub/pull.ts";
export { findPulledFolder, findPulledModel, listPulledModels, type PulledModel } from "./hub/pulled_model.ts";
