/** What to expect of a training before it runs. */
import { stepsToRecognise } from "../../../report/training/start.ts";
import { isTraining, trainingStepWork, workOf } from "../../../report/work.ts";
import { seconds, type Session } from "../session.ts";

/** The steps and the time until digits become recognisable. */
export function Outlook({ session }: { readonly session: Session }) {
  const values = session.values.value;
  // After a run its pace is known better.
  session.phase.value;
  if (!isTraining(values)) return null;
  const steps = Number(values.trainSteps);
  const needed = stepsToRecognise(values);
  return (
    <p class={`note outlook ${needed > steps ? "short-of" : ""}`} role="status">
      {needed === 0
        ? "Digits can be recognised from the first step on: the network has learned before."
        : `From random weights, first digits can be recognised after about ${needed} steps${timeOf(needed)}.${
          needed > steps ? ` With ${steps}, most of what it draws is noise.` : ""
        }`}
    </p>
  );

  /** The expected time of a number of steps, if known. */
  function timeOf(count: number): string {
    const { estimate } = session;
    if (estimate === undefined) return "";
    const where = session.place === "tab" ? "in this tab" : "on the server";
    return `, about ${seconds(estimate / workOf(values) * count * trainingStepWork(values))} ${where}`;
  }
}
