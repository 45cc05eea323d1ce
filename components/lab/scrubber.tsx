/** Scrubbing through the steps of a sampling. */
import type { Signal } from "@preact/signals";
import { useEffect, useId, useState } from "preact/hooks";
import { Typeset } from "../typeset.tsx";
import type { Side } from "./snapshot.ts";

/** How long a step is shown when all are played, in milliseconds. */
const FRAME = 160;

/** The position in a trajectory. */
export interface ScrubberProps {
  /** The last position. */
  readonly last: number;
  /** The current position. */
  readonly at: number;
  /** Called with a new position. */
  readonly onMove: (at: number) => void;
  /** The position in words. */
  readonly reading: string;
  /** Whether the last position is the result, which is neither noisy nor an estimate; by default it is the latest step. */
  readonly ends?: "result";
  /** Which pictures are shown; undefined without a choice. */
  readonly side?: Signal<Side>;
}

const sides: readonly { readonly side: Side; readonly label: string }[] = [
  { side: "x", label: "noisy x_t" },
  { side: "x0", label: "estimate x̂_0" },
];

/** A slider over the steps, a button that plays them, and the choice between the noisy image and the estimate of the clean one. */
export function Scrubber({ last, at, onMove, reading, side, ends }: ScrubberProps) {
  const [playing, setPlaying] = useState(false);
  useEffect(() => {
    if (!playing) return;
    if (at >= last) return setPlaying(false);
    const timer = setTimeout(() => onMove(at + 1), FRAME);
    return () => clearTimeout(timer);
  }, [playing, at, last]);
  return (
    <div class="scrub">
      <div class="track">
        <button
          type="button"
          class="button icon play"
          aria-label={playing ? "Pause" : "Play the steps"}
          disabled={last === 0}
          onClick={() => {
            if (!playing && at >= last) onMove(0);
            setPlaying(!playing);
          }}
        >
          <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
            <path fill="currentColor" d={playing ? "M3 2h4v12H3zM9 2h4v12H9z" : "M3 1.5v13l11-6.5z"} />
          </svg>
        </button>
        <input
          type="range"
          class="scrubber"
          min={0}
          max={last}
          value={at}
          disabled={last === 0}
          aria-label="Steps"
          aria-valuetext={reading}
          onInput={({ currentTarget }) => {
            setPlaying(false);
            onMove(Number(currentTarget.value));
          }}
        />
      </div>
      <p class="reading">{reading}</p>
      {side && <Sides side={side} last={last} at={at} ends={ends} onMove={onMove} />}
    </div>
  );
}

/** The choice between the noisy image and the estimate, and the result if the last position is one. */
function Sides(
  { side, last, at, ends, onMove }: Pick<ScrubberProps, "last" | "at" | "ends" | "onMove"> & {
    readonly side: Signal<Side>;
  },
) {
  const name = useId();
  const there = ends === "result" && at === last;
  return (
    <div class="segments" role="radiogroup" aria-label="What is shown on the way">
      <div>
        {sides.map((one) => (
          <label key={one.side}>
            <input
              type="radio"
              name={name}
              checked={!there && side.value === one.side}
              disabled={last === 0}
              onChange={() => {
                side.value = one.side;
                // The step before is the nearest that has one.
                if (there) onMove(last - 1);
              }}
            />
            <span>
              <Typeset text={one.label} />
            </span>
          </label>
        ))}
        {ends === "result" && (
          <label>
            <input type="radio" name={name} checked={there} onChange={() => onMove(last)} />
            <span>result</span>
          </label>
        )}
      </div>
    </div>
  );
}

/** A step in words. */
export function readingOf(
  { step, steps, t }: { readonly step: number; readonly steps: number; readonly t: number },
) {
  const level = t >= 0 ? `, t = ${t}` : step === steps ? ", clean" : "";
  return `step ${step} of ${steps}${level}`;
}
