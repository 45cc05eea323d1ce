/** What middlewares hand to pages. */
import { createDefine } from "fresh";
import type { Gallery } from "./gallery.ts";

/** What a request has with it. */
export interface State {
  /** The gallery. */
  gallery: Gallery;
}

/** Gives pages and handlers their types. */
export const define = createDefine<State>();
