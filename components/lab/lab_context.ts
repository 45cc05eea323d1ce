/** The context of all controls of a lab. */
import { createContext } from "preact";
import type { Parameters, WireVocabulary } from "../../server/wire.ts";

/** The state of the surrounding lab. */
export interface LabState {
  /** The form's values. */
  readonly values: Parameters;
  /** The name of the model for texts; none where there is none. */
  readonly model?: string;
  /** Its vocabulary, if recorded. */
  readonly vocabulary?: WireVocabulary;
  /** Runs it with the form's values. */
  readonly run?: () => void;
}

/** The lab around a control. */
export const LabContext = createContext<LabState>({ values: {} });
