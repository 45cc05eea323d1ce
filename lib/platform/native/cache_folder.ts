/**
 * Folders that variables of the environment name.
 *
 * @module
 */
import { join, resolve } from "node:path";

/** Gives a variable's value. */
export type Environment = (name: string) => string | undefined;

/** The variables of this process. */
export const processEnvironment: Environment = (name) => Deno.env.get(name);

/** No variable says where the home folder is. */
export class NoHomeError extends Error {
  /** The name of the class. */
  override name = "NoHomeError";
}

/** A variable's value; one that is empty is as good as none. */
export function variable(environment: Environment, name: string): string | undefined {
  return environment(name) || undefined;
}

function home(environment: Environment): string {
  const folder = variable(environment, "HOME") ?? variable(environment, "USERPROFILE");
  if (!folder) throw new NoHomeError("HOME: not set where the folder that caches go to is expected");
  return folder;
}

/**
 * The folder that a variable names, in which `~` is the home folder; undefined where it is not set.
 *
 * @throws {NoHomeError} if the home folder is needed, and unknown.
 */
export function folderIn(environment: Environment, name: string): string | undefined {
  const path = variable(environment, name);
  return path && resolve(path.replace(/^~(?=$|[/\\])/, () => home(environment)));
}

/**
 * Where programs keep what they can get or make again: `XDG_CACHE_HOME`, else `~/.cache`.
 *
 * @throws {NoHomeError} if no variable says where that is.
 */
export function cacheHome(environment: Environment): string {
  return folderIn(environment, "XDG_CACHE_HOME") ?? join(home(environment), ".cache");
}

/**
 * Where this library keeps it: `DENOISE_CACHE`, else `~/.cache/denoise`.
 *
 * @throws {NoHomeError} if no variable says where that is.
 */
export function cacheFolder(environment: Environment = processEnvironment): string {
  return folderIn(environment, "DENOISE_CACHE") ?? join(cacheHome(environment), "denoise");
}
