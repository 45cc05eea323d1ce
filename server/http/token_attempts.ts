/** How often a client may try access tokens, so that nobody finds one by trying. */
import { RateLimit } from "./rate_limit.ts";

/** How often in a minute a token may be entered on the page. */
const ENTERED = 10;

/** How often in a minute a wrong token may come with a request; a page asks for several things at once. */
const SHOWN = 60;

/** Counts tries by client. */
export class TokenAttempts {
  readonly #entered = new RateLimit(ENTERED);
  readonly #shown = new RateLimit(SHOWN);

  /** A token is entered on the page. The seconds until that may be done; 0 for now. */
  entered(client: string): number {
    return this.#entered.take(client);
  }

  /** A wrong token came with a request. */
  wrong(client: string): void {
    this.#shown.take(client);
  }

  /** The seconds until a client may show tokens again; 0 for now. */
  wait(client: string): number {
    return this.#shown.wait(client);
  }
}
