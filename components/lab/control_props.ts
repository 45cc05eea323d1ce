/** What the controls of a form have in common. */
import type { Field, Json } from "../../report/mod.ts";
import type { Form } from "../../server/form.ts";

/** What a control is given. */
export interface ControlProps {
  readonly field: Field;
  readonly value: Json;
  readonly onChange: (value: Json) => void;
  readonly form: Form;
  /** The value of the group or list that it is in. */
  readonly siblings?: Readonly<Record<string, Json>>;
  /** The path of the parameter that is wrong. */
  readonly wrong?: string;
  readonly path: string;
  /** Whether another item is added to it elsewhere. */
  readonly main?: boolean;
}
