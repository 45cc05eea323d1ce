/** A picture that shrinks as if one went away from it. */
import type { ComponentChildren } from "preact";

/** How far one can go. */
const FARTHEST = 8;

/** Frames what is looked at, from so many times as far. */
export function Distant({ distance, children }: {
  readonly distance: number;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="distance">
      <div style={`width: ${100 / distance}%`}>{children}</div>
    </div>
  );
}

/** How far away one stands. */
export function DistanceSlider({ distance, onMove }: {
  readonly distance: number;
  readonly onMove: (distance: number) => void;
}) {
  return (
    <input
      type="range"
      class="scrubber"
      min={1}
      max={FARTHEST}
      step={0.1}
      value={distance}
      aria-label="Distance"
      aria-valuetext={`${distance.toFixed(1)} times as far`}
      onInput={({ currentTarget }) => onMove(Number(currentTarget.value))}
    />
  );
}
