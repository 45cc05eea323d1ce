/** A section to be run: its form, its progress, its result. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Field } from "../../report/mod.ts";
import type { Committed } from "../../server/committed.ts";
import type { Fault } from "../../server/wire.ts";
import { isPathIn } from "./fault.ts";
import { AddItem, Control } from "./fields.tsx";
import { LabContext } from "./lab_context.ts";
import { isIdle, partsOf } from "./main_fields.ts";
import { RunBar } from "./run_bar.tsx";
import type { Session } from "./session.ts";
import { Stage } from "./stage.tsx";
import { TrainingControls } from "./training/training_controls.tsx";

/** Everything of a session. */
export function Panel({ session, committed }: { readonly session: Session; readonly committed?: Committed }) {
  const panel = useRef<HTMLDivElement>(null);
  const form = session.form.value;
  const values = session.values.value;
  const phase = session.phase.value;
  useEffect(() => {
    session.open().then(() => session.resume());
  }, []);
  useEffect(() => {
    if (phase === "asking") showResult(panel.current!);
  }, [phase]);
  const parts = partsOf(form?.fields ?? [], form?.start ?? {});
  const lists = [...parts.prompts, ...parts.inputs].filter(({ type }) => type === "list");
  const model = form?.fields.find(({ kind }) => kind === "text-to-image")?.name;
  const modelName = model === undefined ? undefined : String(values[model]);
  const run = () => void session.start();
  const control = (field: Field) =>
    !isIdle(field, values) && (
      <Control
        key={field.name}
        field={field}
        value={values[field.name]}
        form={form!}
        path={field.name}
        wrong={session.wrong.value}
        main={lists.includes(field)}
        onChange={(value) => session.set(field.name, value)}
      />
    );
  return (
    <LabContext.Provider
      value={{ values, model: modelName, vocabulary: form?.vocabularies[modelName ?? ""], run }}
    >
      <div
        ref={panel}
        class="panel"
        data-phase={phase}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          run();
        }}
      >
        <form
          class="controls"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            run();
          }}
        >
          {parts.prompts.map(control)}
          <RunBar session={session} />
          {parts.inputs.map(control)}
          <TrainingControls session={session} />
          {parts.advanced.length > 0 && (
            <Advanced fields={parts.advanced} wrong={session.wrong.value}>
              {lists.map((field) => (
                <AddItem
                  key={field.name}
                  field={field}
                  value={values[field.name]}
                  onChange={(value) => session.set(field.name, value)}
                />
              ))}
              {parts.advanced.map(control)}
            </Advanced>
          )}
          {!form && <p class="note">Fetching the controls</p>}
        </form>
        <Stage session={session} committed={committed} />
      </div>
    </LabContext.Provider>
  );
}

/** Fields that are collapsed until opened, or until one of them is invalid. */
function Advanced(
  { fields, wrong, children }: {
    readonly fields: readonly Field[];
    readonly wrong: Fault | undefined;
    readonly children: ComponentChildren;
  },
) {
  const [open, setOpen] = useState(false);
  const faulty = wrong !== undefined && fields.some(({ name }) => isPathIn(wrong.argument, name));
  useEffect(() => {
    if (faulty) setOpen(true);
  }, [faulty]);
  return (
    <details class="advanced" open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Advanced</summary>
      <div class="fields">{children}</div>
    </details>
  );
}

/** Scrolls to the result if it starts in the lower half of the window or below. */
function showResult(panel: HTMLElement): void {
  const stage = panel.querySelector(".stage")!;
  const { top } = stage.getBoundingClientRect();
  if (top >= 0 && top < innerHeight / 2) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  stage.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}
