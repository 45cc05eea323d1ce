/**
 * Where the models that ship are. The bundle for web pages replaces this module: there, all are next to the bundle.
 *
 * @module
 */

/** The folder beside the library: on a disk, or where its modules are served. */
export const library: URL = new URL("../../models/", import.meta.url);

/** The base URL of models too large for the package; the variable `DENOISE_MODELS_URL` names another. */
export const MODELS_URL = "https://jsr.io/@denoise/models/0.1.0/";
