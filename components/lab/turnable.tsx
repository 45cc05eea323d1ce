/** A picture that shows something else when it is turned, by a click, Enter or the space bar. */
import { PartView } from "./part_view.tsx";
import type { Part } from "./pictures.ts";

/** The props of {@linkcode Turnable}. */
export interface TurnableProps {
  /** The picture as it was drawn. */
  readonly upright: Part;
  /** The same under the view, shown if the browser cannot turn it by itself. */
  readonly other: Part;
  /** The class that turns it, as `turnOf` gives it. */
  readonly turn: string | undefined;
  readonly turned: boolean;
  /** The alternative text. */
  readonly alt: string;
  readonly onTurn: () => void;
}

/** The picture as a button. */
export function Turnable({ upright, other, turn, turned, alt, onTurn }: TurnableProps) {
  return (
    <button
      type="button"
      class={`anagram ${turn ?? ""} ${turned && turn ? "turned" : ""}`}
      aria-pressed={turned}
      aria-label={`Turn the picture: ${alt}`}
      onClick={onTurn}
    >
      <PartView part={turned && !turn ? other : upright} />
    </button>
  );
}
