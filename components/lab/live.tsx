/** What can be seen while a section runs, and of how it ran when it is done. */
import { useEffect, useState } from "preact/hooks";
import { LossChart } from "./loss_chart.tsx";
import type { Moment, Picture, Session } from "./session.ts";

/** Every slot's pictures, and the curves. */
export function Live({ session }: { readonly session: Session }) {
  const moments = session.moments.value;
  const curves = session.curves.value;
  const running = session.phase.value === "running";
  if (moments.size === 0 && curves.size === 0) return null;
  return (
    <section class="live" aria-label="How it comes about">
      {curves.size > 0 && <LossChart curves={curves} />}
      {[...moments].map(([slot, all]) => <Slot key={slot} slot={slot} moments={all} running={running} />)}
    </section>
  );
}

function Slot(
  { slot, moments, running }: {
    readonly slot: string;
    readonly moments: readonly Moment[];
    readonly running: boolean;
  },
) {
  const [chosen, setChosen] = useState<number | undefined>();
  const last = moments.length - 1;
  const at = Math.min(chosen ?? last, last);
  const moment = moments[at];
  // While it runs the latest is shown, unless somebody looks back.
  useEffect(() => {
    if (!running) setChosen(undefined);
  }, [running]);
  const reading = moment.t < 0 ? "clean" : `t = ${moment.t}`;
  return (
    <div class="slot">
      <p class="slot-title">
        <span>{slot}</span>
        <span class="reading">step {moment.step} of {moment.steps}, {reading}</span>
      </p>
      <div class="pair">
        <Shown picture={moment.x} label="noisy" alt={`${slot}, noisy, after step ${moment.step}`} />
        <Shown
          picture={moment.x0}
          label="predicted clean"
          alt={`${slot}, as the network predicts it at step ${moment.step}`}
        />
      </div>
      <input
        type="range"
        class="scrubber"
        min={0}
        max={last}
        value={at}
        disabled={last === 0}
        aria-label={`Steps of ${slot}`}
        aria-valuetext={`step ${moment.step} of ${moment.steps}`}
        onInput={({ currentTarget }) => {
          const value = Number(currentTarget.value);
          setChosen(value === last ? undefined : value);
        }}
      />
    </div>
  );
}

function Shown(
  { picture, label, alt }: { readonly picture: Picture; readonly label: string; readonly alt: string },
) {
  return (
    <figure>
      <img
        src={picture.src}
        alt={alt}
        width={picture.width}
        height={picture.height}
        data-fresh-disable-lock
      />
      <figcaption>{label}</figcaption>
    </figure>
  );
}
