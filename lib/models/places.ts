/**
 * Where the models that ship lie. The bundle for web pages has another module in the place of this one: all are beside it.
 *
 * @module
 */

/** The folder beside the library: on a disk, or where its modules are served. */
export const library: URL = new URL("../../models/", import.meta.url);

/** The address that the folders of models too large for the package lie below; the variable `DENOISE_MODELS_URL` names another. */
export const MODELS_URL = "https://jsr.io/@denoise/models/0.1.0/";
