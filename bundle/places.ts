/** What takes the place of `lib/models/places.ts` in the bundle: all models that ship lie beside it. */

/** The folder beside the bundle. */
export const library: URL = new URL("./models/", import.meta.url);

/** The same: no model is elsewhere. */
export const MODELS_URL: string = library.href;
