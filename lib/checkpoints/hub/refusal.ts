import { BrokenConnection, HubError } from "./error.ts";

/** What was asked, for errors about the answer. */
export interface Asked {
  /** The hub's address. */
  readonly endpoint: URL;
  /** The repository, `ORG/NAME`. */
  readonly repo: string;
  /** The branch, tag or commit. */
  readonly revision: string;
  /** The access token; none where there is none. */
  readonly token?: string;
}

/** Statuses that may pass: timeouts, too many requests, a server's own errors. */
function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** What `Retry-After` says, in milliseconds. */
function retryAfter(headers: Headers): number | undefined {
  const seconds = headers.get("retry-after");
  return seconds && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

/**
 * Makes an error of an answer that gives no content: what the status means at a hub, and what to do.
 *
 * A hub says 401 of repositories that do not exist too, if there is no token: it tells nobody which private ones there are.
 *
 * @param url What was asked for.
 * @param response The answer.
 * @param asked For whom.
 */
export function refusal(url: URL, { status, headers }: Response, asked: Asked): HubError {
  if (isTransient(status)) {
    return new BrokenConnection(`${url.host} answers ${status}`, { retryAfter: retryAfter(headers) });
  }
  const { endpoint, repo, revision, token } = asked;
  if (url.origin !== endpoint.origin) {
    return new HubError(
      "connection",
      `${repo}: ${url.host}, where the hub keeps its files, answers ${status}`,
    );
  }
  const page = new URL(repo, directory(endpoint)).href;
  const code = headers.get("x-error-code");
  if (code === "GatedRepo" || (status === 403 && code === null)) {
    return new HubError(
      "denied",
      `${repo}: access is gated: ` +
        (token
          ? `the token's account must accept the licence at ${page}, and the token must be allowed to read gated repositories`
          : `accept the licence at ${page} with an account, and give an access token of it in HF_TOKEN`),
    );
  }
  if (code === "RevisionNotFound") {
    return new HubError(
      "missing",
      `revision: ${JSON.stringify(revision)} where a branch, a tag or a commit of ${repo} is expected`,
    );
  }
  if (code === "EntryNotFound") {
    return new HubError("missing", `${repo}: ${url.pathname} does not exist`);
  }
  if (status === 401 && token && code !== "RepoNotFound") {
    return new HubError("denied", `${repo}: ${endpoint.host} does not accept the access token (HF_TOKEN)`);
  }
  if (status === 401 || status === 404) {
    const otherwise = token
      ? "the access token cannot see it"
      : "it is private and needs an access token (HF_TOKEN)";
    return new HubError("missing", `${repo}: does not exist at ${endpoint.host}, or ${otherwise}`);
  }
  if (status === 403) {
    return new HubError("denied", `${repo}: ${endpoint.host} denies access (${code})`);
  }
  return new HubError("connection", `${repo}: ${endpoint.host} answers ${status}`);
}

/** An address to which paths can be added. */
function directory(endpoint: URL): URL {
  return new URL(endpoint.href.replace(/\/*$/, "/"));
}
