/** Where a section is run: in this tab or on the server. */
import { modelBytes } from "../../tab/model_bytes.ts";
import { threadsHere } from "../../tab/threads.ts";
import { hasServer } from "../site.ts";
import type { Session } from "./session.ts";

/** The size of the runtime and the program, which the first run fetches besides the models, in bytes. */
const RUNTIME = 5_000_000;

const places = [["tab", "in this tab"], ["server", "on the server"]] as const;

/** The choice, if there is one, and what computes. */
export function PlaceChoice({ session }: { readonly session: Session }) {
  const { place, fitsTab, busy } = session;
  const both = hasServer() && fitsTab && !session.needsTab;
  return (
    <div class="place">
      {both && (
        <fieldset class="row" disabled={busy}>
          <legend class="visually-hidden">Where it is computed</legend>
          {places.map(([value, label]) => (
            <label key={value} class="flag">
              <input
                type="radio"
                name={`place-${session.section}`}
                value={value}
                checked={place === value}
                onChange={() => session.choosePlace(value)}
              />
              <span>{label}</span>
            </label>
          ))}
        </fieldset>
      )}
      {place === "tab" && <p class="note device">{deviceLine(session)}</p>}
      {hasServer() && !fitsTab && <p class="note device">On the server: this model is not for tabs.</p>}
    </div>
  );
}

/** What computes in the tab, and the initial download. */
function deviceLine({ form, values }: Session): string {
  const threads = threadsHere();
  const device = threads > 1
    ? `${threads} threads`
    : globalThis.crossOriginIsolated
    ? "one thread"
    : "one thread, since this site does not isolate its pages";
  const bytes = form.value && modelBytes(form.value, values.value);
  if (bytes === undefined) return "This model cannot run in a tab.";
  const fetched = Math.round((bytes + RUNTIME) / 1e6);
  return `Computed in this tab with ${device}. The first run fetches ${fetched} MB.`;
}
