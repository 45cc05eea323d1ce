/** Answers that say what is wrong with a request; nothing of the server's inside is in them. */
import type { ArgumentError } from "../../lib/errors.ts";
import { faultOf } from "../fault.ts";
import type { Fault, Problem } from "../wire.ts";
import { DISK_FULL, isDiskFull } from "../store/disk_full.ts";
import { StoreAwayError } from "../store/objects.ts";
import { cut } from "./quote.ts";

/** How many characters of a sentence are sent, whatever a request has put into it. */
const SENTENCE = 1000;

/** A request that is answered with a problem. */
export class RequestError extends Error {
  override name = "RequestError";
  /** The status of the answer. */
  readonly status: number;
  /** What is wrong with an argument of the request, if it is that. */
  readonly fault: Fault | undefined;
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param status The status of the answer.
   * @param message What is wrong, in a sentence.
   */
  constructor(
    status: number,
    message: string,
    { fault, headers = {} }: { fault?: Fault; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.fault = fault;
    this.headers = headers;
  }

  /** An argument of the request that cannot be used, as a problem. */
  static of(error: ArgumentError, status: number = 400): RequestError {
    return new RequestError(status, error.message, { fault: faultOf(error) });
  }
}

/** An answer that says when to try again. */
export function tooMany(message: string, seconds: number): RequestError {
  return new RequestError(429, message, { headers: { "retry-after": String(seconds) } });
}

/** What is answered to a request that led to an error; undefined for a mistake of the server's own. */
export function requestErrorOf(error: unknown): RequestError | undefined {
  if (error instanceof RequestError) return error;
  if (isDiskFull(error)) return new RequestError(507, `${DISK_FULL}: nothing can be kept here now.`);
  if (error instanceof StoreAwayError) {
    return new RequestError(503, "The store of the results does not answer; try again in some seconds.", {
      headers: { "retry-after": "5" },
    });
  }
  return undefined;
}

/** A problem as an answer (RFC 9457). */
export function problemResponse({ status, message, fault, headers }: RequestError): Response {
  const problem: Problem = { status, detail: cut(message, SENTENCE), ...fault };
  return new Response(JSON.stringify(problem), {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}
