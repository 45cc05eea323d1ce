/** The view of a running section: the current sampling large, finished ones small, and the curves. */
import { useState } from "preact/hooks";
import { LossChart } from "./loss_chart.tsx";
import { PartView } from "./part_view.tsx";
import { snapshotParts } from "./pictures.ts";
import { readingOf, Scrubber } from "./scrubber.tsx";
import { isTwoSided, type Snapshot } from "./snapshot.ts";
import type { Session } from "./session.ts";

/** From more pictures than this, rows of ten take the whole width. */
const MANY = 12;

/** The samplings of a job that runs, and its curves. */
export function Running({ session }: { readonly session: Session }) {
  const curves = session.curves.value;
  const slots = [...session.snapshots.value];
  const [chosen, setChosen] = useState<{ readonly slot: string; readonly at: number }>();
  // Above the pictures, which come later, so that it does not move.
  const chart = curves.size > 0 ? <LossChart curves={curves} /> : undefined;
  const current = slots.at(-1);
  if (!current) {
    return (
      <section class="running live" aria-label="How it comes about">
        <Head />
        {chart ?? <div class="large waiting" aria-hidden="true" />}
      </section>
    );
  }
  const [slot, snapshots] = current;
  const last = snapshots.length - 1;
  // The latest is shown, unless the user scrubs back.
  const at = chosen?.slot === slot ? Math.min(chosen.at, last) : last;
  const snapshot = snapshots[at];
  const parts = snapshotParts(snapshot, session.side.value);
  const reading = readingOf(snapshot);
  const done = slots.slice(0, -1);
  return (
    <section class="running live" aria-label="How it comes about">
      <Head />
      {chart}
      <div
        key={slot}
        class={`viewer ${parts.length > MANY || parts[0].width > parts[0].height ? "broad" : ""}`}
      >
        <div
          class={`large ${parts.length > 1 ? "several" : ""}`}
          style={`--across: ${acrossOf(parts.length)}`}
        >
          {parts.map((part, i) => (
            <PartView
              part={part}
              alt={`${slot}${parts.length > 1 ? `, picture ${i + 1}` : ""}, ${reading}`}
            />
          ))}
        </div>
        <div class="viewer-side">
          <p class="viewer-title">{slot}</p>
          <Scrubber
            last={last}
            at={at}
            reading={reading}
            side={isTwoSided(snapshot) ? session.side : undefined}
            onMove={(place) => setChosen(place === last ? undefined : { slot, at: place })}
          />
        </div>
      </div>
      {done.length > 0 && (
        <div class="done-slots">
          {done.map(([name, all]) => <Done key={name} slot={name} snapshot={all.at(-1)!} />)}
        </div>
      )}
    </section>
  );
}

/** As high as the heading of a result, so that the picture does not move at the end. */
function Head() {
  return (
    <header class="stage-head">
      <h2>On its way</h2>
    </header>
  );
}

/** The number of columns that makes a grid of pictures about square. */
function acrossOf(count: number): number {
  return count > MANY ? 10 : Math.ceil(Math.sqrt(count));
}

/** A finished sampling. */
function Done({ slot, snapshot }: { readonly slot: string; readonly snapshot: Snapshot }) {
  return (
    <figure>
      <div class="done-pictures" style={`--across: ${acrossOf(snapshot.count)}`}>
        {snapshotParts(snapshot, "x0").map((part, i) => <PartView key={i} part={part} />)}
      </div>
      <figcaption>{slot}</figcaption>
    </figure>
  );
}
