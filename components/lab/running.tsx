/** What can be seen while a section runs: the sampling at work, large; what is done already, small; the curves. */
import { useState } from "preact/hooks";
import { LossChart } from "./loss_chart.tsx";
import { PartView } from "./part_view.tsx";
import { momentParts } from "./pictures.ts";
import { readingOf, Scrubber } from "./scrubber.tsx";
import { isTwoSided, type Moment } from "./moment.ts";
import type { Session } from "./session.ts";

/** More pictures than these stand in rows of ten, in the whole width. */
const MANY = 12;

/** The samplings of a job that runs, and its curves. */
export function Running({ session }: { readonly session: Session }) {
  const curves = session.curves.value;
  const slots = [...session.moments.value];
  const [chosen, setChosen] = useState<{ readonly slot: string; readonly at: number }>();
  // Above the pictures, which come later: it stays where it is.
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
  const [slot, moments] = current;
  const last = moments.length - 1;
  // The latest is shown, unless somebody looks back.
  const at = chosen?.slot === slot ? Math.min(chosen.at, last) : last;
  const moment = moments[at];
  const parts = momentParts(moment, session.side.value);
  const reading = readingOf(moment);
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
            side={isTwoSided(moment) ? session.side : undefined}
            onMove={(place) => setChosen(place === last ? undefined : { slot, at: place })}
          />
        </div>
      </div>
      {done.length > 0 && (
        <div class="done-slots">
          {done.map(([name, all]) => <Done key={name} slot={name} moment={all.at(-1)!} />)}
        </div>
      )}
    </section>
  );
}

/** As high as the heading of a result: the picture does not move when it is done. */
function Head() {
  return (
    <header class="stage-head">
      <h2>On its way</h2>
    </header>
  );
}

/** How many of some pictures stand beside each other, so that they are nearly a square. */
function acrossOf(count: number): number {
  return count > MANY ? 10 : Math.ceil(Math.sqrt(count));
}

/** A sampling that is done. */
function Done({ slot, moment }: { readonly slot: string; readonly moment: Moment }) {
  return (
    <figure>
      <div class="done-pictures" style={`--across: ${acrossOf(moment.count)}`}>
        {momentParts(moment, "x0").map((part, i) => <PartView key={i} part={part} />)}
      </div>
      <figcaption>{slot}</figcaption>
    </figure>
  );
}
