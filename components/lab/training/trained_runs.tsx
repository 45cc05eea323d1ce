/** The networks trained in this browser, for download. */
import { useEffect, useState } from "preact/hooks";
import { forgetRun, type KeptRun } from "../../../tab/training_runs.ts";
import { fileName } from "../file_name.ts";
import type { Session } from "../session.ts";
import { TrainedLinks } from "./trained_links.tsx";
import { trainingWords } from "./training_words.ts";
import { useKeptRuns } from "./use_kept_runs.ts";

/** The list; nothing if it is empty. */
export function TrainedRuns({ session }: { readonly session: Session }) {
  const { runs, look } = useKeptRuns(session);
  const trained = runs.filter(({ trained }) => trained);
  if (trained.length === 0) return null;
  return (
    <section class="kept-runs" aria-labelledby="kept-runs">
      <h2 id="kept-runs">Trained in this browser</h2>
      <ul>
        {trained.map((run) => (
          <li key={run.id}>
            <Trained run={run} />
            <button type="button" class="link discard" onClick={() => forgetRun(run.id).then(look)}>
              Discard
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Trained({ run }: { readonly run: KeptRun }) {
  const [addresses, setAddresses] = useState<{ readonly weights: string; readonly folder: string }>();
  useEffect(() => {
    const { weights, folder } = run.trained!;
    const made = { weights: URL.createObjectURL(weights), folder: URL.createObjectURL(folder) };
    setAddresses(made);
    return () => Object.values(made).forEach((address) => URL.revokeObjectURL(address));
  }, [run.id]);
  const when = new Date(run.changed).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  return (
    <>
      <span>{`Step ${run.step} ${trainingWords(run)}; ${when}`}</span>
      {addresses && <TrainedLinks {...addresses} name={fileName([run.section, "trained"], run.parameters)} />}
    </>
  );
}
