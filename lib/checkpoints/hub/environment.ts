/**
 * What the environment says about hubs: the variables and the folders are those of the hub's own tools, so that a token and
 * a cache are shared with them.
 *
 * @module
 */
import { join } from "node:path";
import {
  cacheFolder as folderOfCache,
  cacheHome,
  type Environment,
  folderIn,
  NoHomeError,
  processEnvironment,
  variable,
} from "../../platform/native/cache_folder.ts";
import { decodeUserText } from "../../text/user_text.ts";
import { HubError } from "./error.ts";

export type { Environment };

/** A folder that needs to know where the home folder is. */
function storage(find: () => string): string {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof NoHomeError)) throw error;
    throw new HubError("storage", error.message, { cause: error });
  }
}

function hubHome(environment: Environment): string {
  return folderIn(environment, "HF_HOME") ?? join(cacheHome(environment), "huggingface");
}

/**
 * The cache that all tools of the hub share: `HF_HUB_CACHE`, else `hub` in `HF_HOME`, else `~/.cache/huggingface/hub`.
 *
 * @throws {HubError} if no variable says where the home folder is.
 */
export function sharedCacheFolder(environment: Environment = processEnvironment): string {
  return storage(() => folderIn(environment, "HF_HUB_CACHE") ?? join(hubHome(environment), "hub"));
}

/**
 * Where this library keeps what it can get or make again: `DENOISE_CACHE`, else `~/.cache/denoise`.
 *
 * @throws {HubError} if no variable says where the home folder is.
 */
export function cacheFolder(environment: Environment = processEnvironment): string {
  return storage(() => folderOfCache(environment));
}

/**
 * Where this library keeps pulled models: `models` in {@linkcode cacheFolder}.
 *
 * @throws {HubError} if no variable says where the home folder is.
 */
export function pulledModelsFolder(environment: Environment = processEnvironment): string {
  return join(cacheFolder(environment), "models");
}

/** The hub's address: `HF_ENDPOINT`; undefined where it is not set. */
export function endpointInEnvironment(environment: Environment = processEnvironment): string | undefined {
  return variable(environment, "HF_ENDPOINT");
}

/**
 * The access token: `HF_TOKEN`, else what is in the file that logging in with the hub's own tool writes (`HF_TOKEN_PATH`,
 * else `token` in `HF_HOME`); undefined where there is none.
 *
 * @throws {HubError} if the file cannot be read.
 */
export async function readToken(
  environment: Environment = processEnvironment,
): Promise<string | undefined> {
  const token = variable(environment, "HF_TOKEN");
  if (token) return token.trim() || undefined;
  const path = storage(() => {
    return folderIn(environment, "HF_TOKEN_PATH") ?? join(hubHome(environment), "token");
  });
  try {
    return decodeUserText(await Deno.readFile(path)).trim() || undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new HubError("storage", `${path}: the access token cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
