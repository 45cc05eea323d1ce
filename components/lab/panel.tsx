/** A section to be run: its form, its progress, its results. */
import { useEffect } from "preact/hooks";
import type { Committed } from "../../server/committed.ts";
import { Control } from "./fields.tsx";
import { Live } from "./live.tsx";
import { Results } from "./results.tsx";
import { RunBar } from "./run_bar.tsx";
import type { Session } from "./session.ts";

/** Everything of a session. */
export function Panel({ session, committed }: { readonly session: Session; readonly committed?: Committed }) {
  const form = session.form.value;
  const values = session.values.value;
  useEffect(() => {
    session.open().then(() => session.resume());
  }, []);
  return (
    <div class="panel" data-phase={session.phase.value}>
      <form
        class="controls"
        onSubmit={(event) => {
          event.preventDefault();
          session.start();
        }}
      >
        {form
          ? form.fields.map((field) => (
            <Control
              key={field.name}
              field={field}
              value={values[field.name]}
              form={form}
              path={field.name}
              wrong={session.wrong.value}
              onChange={(value) => session.set(field.name, value)}
            />
          ))
          : <p class="note">Fetching the controls</p>}
      </form>
      <div class="outcome">
        <RunBar session={session} />
        <Live session={session} />
        <Results session={session} committed={committed} />
      </div>
    </div>
  );
}
