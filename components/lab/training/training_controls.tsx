/** Additional controls of sections whose network can be trained. */
import { isTraining } from "../../../report/work.ts";
import type { Form } from "../../../server/form.ts";
import type { Session } from "../session.ts";
import { Outlook } from "./outlook.tsx";
import { OwnDigits } from "./own_digits.tsx";
import { UnfinishedRuns } from "./unfinished_runs.tsx";

/** Whether the network of a form's section can be trained starting from the one that ships. */
export function isTrainable(form: Form | undefined): boolean {
  return form?.fields.some(({ name }) => name === "from") ?? false;
}

/** What to expect, the user's digits if used, and runs to resume; nothing without a training. */
export function TrainingControls({ session }: { readonly session: Session }) {
  const form = session.form.value;
  const values = session.values.value;
  if (!isTrainable(form)) return null;
  return (
    <div class="training">
      <Outlook session={session} />
      {isTraining(values) && values.data !== "mnist" && <OwnDigits conditioned={"guidance" in values} />}
      <UnfinishedRuns session={session} />
    </div>
  );
}
