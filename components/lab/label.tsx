/** A label with its explanation. */
import type { Field } from "../../report/mod.ts";
import { Typeset } from "../typeset.tsx";

/** The label of a control by its id. */
export function Label({ id, field }: { readonly id: string; readonly field: Field }) {
  return (
    <label for={id} title={field.help}>
      <Typeset text={field.label ?? field.name} />
    </label>
  );
}

/** The explanation of a field that is not self-evident. */
export function Help({ field }: { readonly field: Field }) {
  return field.help ? <small class="help">{field.help}</small> : null;
}
