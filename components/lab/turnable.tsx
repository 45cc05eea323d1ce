/** A picture that is another one when it is turned: by a click, by Enter or the space bar. */
import { PartView } from "./part_view.tsx";
import type { Part } from "./pictures.ts";

/** What is turned. */
export interface TurnableProps {
  /** The picture as it was drawn. */
  readonly upright: Part;
  /** The same in the view; what is shown instead where the browser cannot turn it by itself. */
  readonly other: Part;
  /** The class that turns it, as `turnOf` gives it. */
  readonly turn: string | undefined;
  readonly turned: boolean;
  /** What is seen. */
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
