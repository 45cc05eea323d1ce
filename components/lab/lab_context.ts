/** What all controls of a lab may need to know. */
import { createContext } from "preact";
import type { Parameters, WireVocabulary } from "../../server/wire.ts";

/** A lab around a control. */
export interface LabState {
  /** The form's values. */
  readonly values: Parameters;
  /** The name of the model for texts; none where there is none. */
  readonly model?: string;
  /** What it knows, where that is written down. */
  readonly vocabulary?: WireVocabulary;
  /** Runs it with the form's values. */
  readonly run?: () => void;
}

/** The lab around a control. */
export const LabContext = createContext<LabState>({ values: {} });
