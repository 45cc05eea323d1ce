/** The trainings of a section that this browser keeps: those to go on with, and the networks that others have trained. */
import { useEffect, useState } from "preact/hooks";
import { forgetRun, heldRuns, type KeptRun, runsOf } from "../../../tab/training_runs.ts";
import { fileName } from "../file_name.ts";
import { wordOf } from "../labels.ts";
import type { Session } from "../session.ts";
import { TrainedLinks } from "./trained_links.tsx";

/** How often it is looked whether another tab is still at a run, in milliseconds. */
const LOOK_AGAIN = 3000;

/** What is kept of a section. */
interface Kept {
  readonly runs: readonly KeptRun[];
  /** The names of those that some tab is at. */
  readonly held: ReadonlySet<string>;
}

/** The list; nothing where nothing is kept. */
export function KeptRuns({ session }: { readonly session: Session }) {
  const [{ runs, held }, setKept] = useState<Kept>({ runs: [], held: new Set() });
  const { busy } = session;
  const look = async () => {
    const [runs, held] = await Promise.all([runsOf(session.section), heldRuns()]);
    setKept({ runs, held });
  };
  useEffect(() => void look(), [busy]);
  useEffect(() => {
    if (held.size === 0) return;
    const timer = setInterval(look, LOOK_AGAIN);
    return () => clearInterval(timer);
  }, [held.size]);
  const problem = session.unkept.value;
  const shown = busy ? [] : runs;
  return (
    <>
      {problem && (
        <p class="error unkept" role="alert">
          This training is not kept, and lost when the tab closes: {problem}
        </p>
      )}
      {shown.length > 0 && (
        <section class="kept-runs" aria-label="Trainings in this browser">
          <h2>Kept in this browser</h2>
          <ul>
            {shown.map((run) => (
              <li key={run.id} data-run={run.id}>
                {run.trained
                  ? <Trained run={run} />
                  : <Unfinished run={run} session={session} elsewhere={held.has(run.id)} />}
                {!held.has(run.id) && (
                  <button
                    type="button"
                    class="link discard"
                    onClick={() => forgetRun(run.id).then(look)}
                  >
                    Discard
                  </button>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** What it has been trained from and on. */
function wordsOf({ parameters: { from, data, trainSteps } }: KeptRun): string {
  const digits = data === "drawn" ? ", your digits" : data === "both" ? ", MNIST and your digits" : "";
  return `of ${trainSteps}, from ${wordOf(String(from))}${digits}`;
}

function Unfinished(
  { run, session, elsewhere }: {
    readonly run: KeptRun;
    readonly session: Session;
    readonly elsewhere: boolean;
  },
) {
  return (
    <>
      <span>
        {elsewhere ? "Under way in another tab: step" : "Unfinished: step"} {run.step} {wordsOf(run)}
      </span>
      {!elsewhere && (
        <button type="button" class="button small go-on" onClick={() => session.goOn(run)}>
          Go on from step {run.step}
        </button>
      )}
    </>
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
  return (
    <>
      <span>Trained: step {run.step} {wordsOf(run)}</span>
      {addresses && <TrainedLinks {...addresses} name={fileName([run.section, "trained"], run.parameters)} />}
    </>
  );
}
