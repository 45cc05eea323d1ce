/** A section that can be run, open from the start, on a page of its own or in the playground. */
import type { Section } from "../report/mod.ts";
import type { Committed } from "../server/committed.ts";
import type { Form } from "../server/form.ts";
import type { RequestedRun } from "../server/permalink.ts";
import Lab from "../islands/Lab.tsx";

/** The lab; its script is loaded when it is near the window. */
export function SectionLab(
  { section: { id, title }, form, requested, committed, place }: {
    readonly section: Section;
    readonly form: Form;
    readonly requested: RequestedRun | null;
    readonly committed: Committed | undefined;
    readonly place: "section" | "playground";
  },
) {
  return (
    <div data-near>
      <Lab
        section={id}
        title={title}
        form={form}
        requested={requested}
        committed={committed}
        place={place}
        open
      />
    </div>
  );
}
