/** Interrupted trainings that can be resumed. */
import { forgetRun } from "../../../tab/training_runs.ts";
import type { Session } from "../session.ts";
import { trainingWords } from "./training_words.ts";
import { useKeptRuns } from "./use_kept_runs.ts";

/** The list, and why the current training is not saved; nothing if both are empty. */
export function UnfinishedRuns({ session }: { readonly session: Session }) {
  const { runs, held, look } = useKeptRuns(session);
  const problem = session.unkept.value;
  const unfinished = session.busy ? [] : runs.filter(({ trained }) => !trained);
  return (
    <>
      {problem && (
        <p class="error unkept" role="alert">
          This training is not kept, and lost when the tab closes: {problem}
        </p>
      )}
      {unfinished.length > 0 && (
        <section class="kept-runs" aria-label="Unfinished trainings">
          <ul>
            {unfinished.map((run) => (
              <li key={run.id}>
                <span>
                  {held.has(run.id) ? "Under way in another tab: step" : "Unfinished: step"} {run.step}{" "}
                  {trainingWords(run)}
                </span>
                {!held.has(run.id) && (
                  <>
                    <button type="button" class="button small go-on" onClick={() => session.goOn(run)}>
                      Go on from step {run.step}
                    </button>
                    <button type="button" class="link discard" onClick={() => forgetRun(run.id).then(look)}>
                      Discard
                    </button>
                  </>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
