/** The state that middlewares pass to pages. */
import { createDefine } from "fresh";
import type { Gallery } from "./gallery.ts";

/** The state of a request. */
export interface State {
  /** The gallery. */
  gallery: Gallery;
}

/** Gives pages and handlers their types. */
export const define = createDefine<State>();
