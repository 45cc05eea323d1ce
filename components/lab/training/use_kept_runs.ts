/** The trainings of a section that this browser keeps, as state. */
import { useEffect, useState } from "preact/hooks";
import { heldRuns, type KeptRun, runsOf } from "../../../tab/training_runs.ts";
import type { Session } from "../session.ts";

/** How often it is looked whether another tab is still at a run, in milliseconds. */
const LOOK_AGAIN = 3000;

/** What is kept. */
interface Kept {
  readonly runs: readonly KeptRun[];
  /** The names of those that some tab is at. */
  readonly held: ReadonlySet<string>;
}

/** What is kept, looked up again when a run has begun or ended; `look` looks at once. */
export function useKeptRuns(session: Session): Kept & { readonly look: () => Promise<void> } {
  const [kept, setKept] = useState<Kept>({ runs: [], held: new Set() });
  const { busy } = session;
  const look = async () => {
    const [runs, held] = await Promise.all([runsOf(session.section), heldRuns()]);
    setKept({ runs, held });
  };
  useEffect(() => void look(), [busy]);
  useEffect(() => {
    if (kept.held.size === 0) return;
    const timer = setInterval(look, LOOK_AGAIN);
    return () => clearInterval(timer);
  }, [kept.held.size]);
  return { ...kept, look };
}
