/** Answers that say what is wrong with a request; nothing of the server's inside is in them. */
import type { Problem } from "../wire.ts";

/** A request that is answered with a problem. */
export class RequestError extends Error {
  override name = "RequestError";
  /** The status of the answer. */
  readonly status: number;
  /** The parameter that is wrong. */
  readonly parameter: string | undefined;
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param status The status of the answer.
   * @param message What is wrong, in a sentence.
   */
  constructor(
    status: number,
    message: string,
    { parameter, headers = {} }: { parameter?: string; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.parameter = parameter;
    this.headers = headers;
  }
}

/** A problem as an answer (RFC 9457). */
export function problemResponse({ status, message, parameter, headers }: RequestError): Response {
  const problem: Problem = { status, detail: message, ...(parameter !== undefined && { parameter }) };
  return new Response(JSON.stringify(problem), {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}
