import { ArgumentError } from "../../argument_error.ts";
import { HubError } from "./error.ts";

/**
 * Refuses the name of a file that would not lie below the folder that it is joined to, on this system or another: absolute
 * paths, `..`, drives, backslashes.
 *
 * @param path A path with slashes, as a hub gives it.
 * @param what Whose it is, for the error.
 * @throws {HubError} if it is none that can be used.
 */
export function checkPath(path: unknown, what: string): asserts path is string {
  const fits = typeof path === "string" && path.length <= 1000 && !/[\\\p{Cc}]/u.test(path) &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && !/^[a-z]:/i.test(part));
  if (!fits) {
    const shown = (JSON.stringify(path) ?? "none").slice(0, 120);
    throw new HubError("corrupt", `${what}: ${shown} where a path within the repository is expected`);
  }
}

/** Whether a text is the name of a repository, `ORG/NAME`: it becomes a part of paths and addresses. */
export function isRepo(text: string): boolean {
  const parts = text.split("/");
  return parts.length === 2 && parts.every((name) => /^\w(?:[\w.-]{0,94}\w)?$/.test(name)) &&
    !/--|\.\.|\.git$/.test(text);
}

/**
 * Refuses what is not the name of a branch, a tag or a commit: it becomes a part of paths and addresses.
 *
 * @throws {ArgumentError} if it is none.
 */
export function checkRevision(revision: string): void {
  const part = /^[\w+=@-][\w.+=@-]*$/;
  if (
    revision.length > 200 || !revision.split("/").every((name) => part.test(name) && !name.includes(".."))
  ) {
    throw new ArgumentError("revision", revision, "a branch, a tag or a commit");
  }
}
