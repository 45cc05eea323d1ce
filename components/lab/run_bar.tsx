/** Starting, ending and following a job. */
import { useEffect, useState } from "preact/hooks";
import { PlaceChoice } from "./place_choice.tsx";
import { seconds, type Session } from "./session.ts";

/** The buttons and the progress. */
export function RunBar({ session }: { readonly session: Session }) {
  const phase = session.phase.value;
  const form = session.form.value;
  const progress = session.progress.value;
  const busy = session.busy;
  // The message of a run is shown as long as the form has its values.
  const showsMessage = ["done", "cancelled"].includes(phase) &&
    JSON.stringify(session.values.value) === JSON.stringify(session.shown.value);
  const changed = form && JSON.stringify(session.values.value) !== JSON.stringify(form.start);
  const { estimate } = session;
  const fraction = progress && progress.total > 0 ? progress.done / progress.total : undefined;
  return (
    <div class="run-bar">
      <div class="row">
        {busy
          ? <button type="button" class="button cancel" onClick={() => session.cancel()}>Cancel</button>
          : (
            <button type="submit" class="button primary run" disabled={!form} title="Run (Ctrl+Enter)">
              Run
            </button>
          )}
        <div class="status">
          {busy
            ? (
              <div class="progress">
                <progress value={fraction} max={1} aria-label="Progress" />
                <span class="left">
                  {progress
                    ? <Left remaining={progress.remaining} label={progress.label} />
                    : session.message.value || "Asking"}
                </span>
              </div>
            )
            : (
              <p class="note estimate">
                {showsMessage && session.message.value}
                {!showsMessage && estimate
                  ? `A run takes ${estimate < 1 ? "" : "about "}${seconds(estimate)}.`
                  : ""}
              </p>
            )}
        </div>
      </div>
      {form?.tab && <PlaceChoice session={session} />}
      {phase === "failed" && <p class="error" role="alert">{session.message.value}</p>}
      <Spoken session={session} />
      <div class="more">
        {form && JSON.stringify(form.start) !== JSON.stringify(form.defaults) && (
          <button
            type="button"
            class="link report-settings"
            title="The parameters of the report's figures"
            disabled={busy}
            onClick={() => session.values.value = form.defaults}
          >
            The report's settings
          </button>
        )}
        <button
          type="button"
          class="link reset"
          disabled={busy || (!changed && phase === "idle")}
          onClick={() => session.reset()}
        >
          Reset
        </button>
      </div>
    </div>
  );
}

/** The seconds left, counted down between updates from the server. */
function Left({ remaining, label }: { readonly remaining: number | null; readonly label: string }) {
  const [passed, setPassed] = useState(0);
  useEffect(() => {
    setPassed(0);
    const timer = setInterval(() => setPassed((value) => value + 1), 1000);
    return () => clearInterval(timer);
  }, [remaining]);
  return <>{label}{remaining === null ? "" : `, ${seconds(Math.max(0, remaining - passed))} left`}</>;
}

/** The announcement for screen readers, at most every few seconds. */
function Spoken({ session }: { readonly session: Session }) {
  const phase = session.phase.value;
  const [said, setSaid] = useState("");
  useEffect(() => {
    const words = () => {
      const progress = session.progress.peek();
      if (phase === "running" && progress?.total) {
        return `${Math.round(100 * progress.done / progress.total)} percent`;
      }
      return phase === "idle" || phase === "failed" ? "" : session.message.peek() || phase;
    };
    setSaid(words());
    if (phase !== "running") return;
    const timer = setInterval(() => setSaid(words()), 5000);
    return () => clearInterval(timer);
  }, [phase]);
  return <p class="visually-hidden" role="status" aria-live="polite">{said}</p>;
}
