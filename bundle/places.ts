/** Replaces `lib/models/places.ts` in the bundle: all models that ship are next to it. */

/** The folder beside the bundle. */
export const library: URL = new URL("./models/", import.meta.url);

/** The same: no model is elsewhere. */
export const MODELS_URL: string = library.href;
