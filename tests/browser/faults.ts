/** What goes wrong on a page: errors on the console, scripts that throw, requests that fail or are refused. */
import type { Page, Request } from "playwright-core";

/** What a browser says of a request that it gave up itself. */
const GIVEN_UP = "net::ERR_ABORTED";

/**
 * Notes what goes wrong on a page from now on.
 *
 * A request that the browser gave up because its document was left is no fault; one that fails while the document stays is.
 *
 * @param abandoned Whether a page may give up a request to this address while it stays.
 * @returns The list that faults are added to, one line each.
 */
export function faultsOf(page: Page, abandoned: (url: string) => boolean = () => false): string[] {
  const faults: string[] = [];
  // A document is left from when another is asked for until that has come; what it had asked for, before or in between, is given up.
  let documents = 0;
  let leaving: Request | undefined;
  const madeBy = new WeakMap<Request, number>();
  page.on("request", (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) leaving = request;
    madeBy.set(request, documents);
  });
  page.on("framenavigated", (frame) => {
    if (frame !== page.mainFrame() || !leaving) return;
    documents++;
    leaving = undefined;
  });
  page.on("requestfailed", (request) => {
    const left = leaving !== undefined || (madeBy.get(request) ?? documents) < documents;
    if (request === leaving) leaving = undefined;
    const givenUp = request.failure()?.errorText === GIVEN_UP;
    if (givenUp && (left || abandoned(request.url()))) return;
    faults.push(`failed: ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
  });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  return faults;
}
