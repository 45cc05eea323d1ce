/** What a section has beside its fields where its network can be trained. */
import { isTraining } from "../../../report/work.ts";
import type { Session } from "../session.ts";
import { KeptRuns } from "./kept_runs.tsx";
import { Outlook } from "./outlook.tsx";
import { OwnDigits } from "./own_digits.tsx";

/** What to expect, the reader's digits where they are learned from, and what is kept; nothing where nothing is trained. */
export function TrainingControls({ session }: { readonly session: Session }) {
  const form = session.form.value;
  const values = session.values.value;
  if (!form?.fields.some(({ name }) => name === "from")) return null;
  return (
    <div class="training">
      <Outlook session={session} />
      {isTraining(values) && values.data !== "mnist" && <OwnDigits conditioned={"guidance" in values} />}
      <KeptRuns session={session} />
    </div>
  );
}
