/**
 * What the environment says about hubs: the variables and the folders are those of the hub's own tools, so that a token and
 * a cache are shared with them.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { decodeUserText } from "../../text/user_text.ts";
import { HubError } from "./error.ts";

/** Gives a variable's value. */
export type Environment = (name: string) => string | undefined;

const processEnvironment: Environment = (name) => Deno.env.get(name);

/** A variable that is empty is as good as none. */
function variable(environment: Environment, name: string): string | undefined {
  return environment(name) || undefined;
}

function home(environment: Environment): string {
  const folder = variable(environment, "HOME") ?? variable(environment, "USERPROFILE");
  if (!folder) throw new HubError("storage", "HOME: not set where the folder that caches go to is expected");
  return folder;
}

/** The folder that a variable names, in which `~` is the home folder. */
function folderIn(environment: Environment, name: string): string | undefined {
  const path = variable(environment, name);
  return path && resolve(path.replace(/^~(?=$|[/\\])/, () => home(environment)));
}

function cacheHome(environment: Environment): string {
  return folderIn(environment, "XDG_CACHE_HOME") ?? join(home(environment), ".cache");
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
  return folderIn(environment, "HF_HUB_CACHE") ?? join(hubHome(environment), "hub");
}

/**
 * Where this library keeps what it can get or make again: `DENOISE_CACHE`, else `~/.cache/denoise`.
 *
 * @throws {HubError} if no variable says where the home folder is.
 */
export function cacheFolder(environment: Environment = processEnvironment): string {
  return folderIn(environment, "DENOISE_CACHE") ?? join(cacheHome(environment), "denoise");
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
  const path = folderIn(environment, "HF_TOKEN_PATH") ?? join(hubHome(environment), "token");
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
