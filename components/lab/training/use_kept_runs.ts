/** The saved trainings of a section, as state. */
import { useEffect, useState } from "preact/hooks";
import { heldRuns, type KeptRun, runsOf } from "../../../tab/training_runs.ts";
import type { Session } from "../session.ts";

/** The interval of checking whether another tab is still running a training, in milliseconds. */
const LOOK_AGAIN = 3000;

/** The saved runs. */
interface Kept {
  readonly runs: readonly KeptRun[];
  /** The names of those running in some tab. */
  readonly held: ReadonlySet<string>;
}

/** The saved runs, refreshed when a run starts or ends; `look` refreshes right away. */
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
