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
  // How often the page had been told to go elsewhere when a request was made; a request that has been is of a document that is left.
  let departures = 0;
  const madeAt = new WeakMap<Request, number>();
  page.on("request", (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) departures++;
    madeAt.set(request, departures);
  });
  page.on("requestfailed", (request) => {
    const givenUp = request.failure()?.errorText === GIVEN_UP;
    const left = (madeAt.get(request) ?? departures) < departures;
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
