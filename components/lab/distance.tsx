/** A picture that shrinks as if the viewer stepped back. */
import type { ComponentChildren } from "preact";

/** The maximum distance. */
const FARTHEST = 8;

/** Frames its content as seen from a multiple of the distance. */
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

/** The slider of the viewing distance. */
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
