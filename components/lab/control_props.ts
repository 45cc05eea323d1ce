/** The common props of a form's controls. */
import type { Field, Json } from "../../report/mod.ts";
import type { Form } from "../../server/form.ts";
import type { Fault } from "../../server/wire.ts";

/** Attributes of an input whose value cannot be used; none where it can. */
export interface Marks {
  readonly "aria-invalid"?: true;
  readonly "aria-describedby"?: string;
}

/** The props of a control. */
export interface ControlProps {
  readonly field: Field;
  readonly value: Json;
  readonly onChange: (value: Json) => void;
  readonly form: Form;
  /** The value of the group or list that it is in. */
  readonly siblings?: Readonly<Record<string, Json>>;
  /** What is wrong with a parameter of the form, if it is one that is wrong. */
  readonly wrong?: Fault;
  /** What marks the input where it is this parameter: `aria-invalid`, and the message that describes it. */
  readonly marks?: Marks;
  readonly path: string;
  /** Whether another item is added to it elsewhere. */
  readonly main?: boolean;
}
