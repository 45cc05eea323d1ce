/** The result of a section: one picture large, the figures under it. Before a run it is the report's. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Committed } from "../../server/committed.ts";
import type { WireFigure } from "../../server/wire.ts";
import { FigureView } from "../figure.tsx";
import { fileName } from "./file_name.ts";
import { LossChart } from "./loss_chart.tsx";
import { answerIn, missingIn, type Result, resultOf } from "./result.ts";
import { isRow, RowViewer } from "./row_viewer.tsx";
import { Running } from "./running.tsx";
import type { ShownFigure } from "./snapshot.ts";
import type { Session } from "./session.ts";
import { TrainedLinks } from "./training/trained_links.tsx";
import { TrainedRuns } from "./training/trained_runs.tsx";
import { isTrainable } from "./training/training_controls.tsx";
import { Differs } from "./differs.tsx";
import { Special } from "./special.tsx";
import { Viewer } from "./viewer.tsx";
import { siteAddress } from "../site.ts";

/** The figure of a training's curves. */
const CURVE_FIGURE = "live-curve";

interface StageProps {
  readonly session: Session;
  readonly committed?: Committed;
}

/** The running job or its result; finished figures wait for the others, unless there is nothing else to show. */
export function Stage({ session, committed }: StageProps) {
  useEffect(() => {
    if (committed?.snapshots) session.fetchReportSnapshots(committed.snapshots);
  }, []);
  const busy = session.busy;
  const inTheMaking = session.snapshots.value.size > 0 || session.curves.value.size > 0;
  const running = busy && (inTheMaking || session.figures.value.length === 0);
  const result = running ? undefined : resultOf(session, committed);
  return (
    <div class={`stage ${busy ? "busy" : ""}`} id="result">
      {running && <Running session={session} />}
      {result && <Shown session={session} result={result} committed={committed} busy={busy} />}
      {!running && !result && <p class="placeholder">What you make appears here.</p>}
      {isTrainable(session.form.value) && <TrainedRuns session={session} />}
    </div>
  );
}

function Shown(
  { session, result, committed, busy }: StageProps & { readonly result: Result; readonly busy: boolean },
) {
  const section = useRef<HTMLElement>(null);
  const [beside, setBeside] = useState(false);
  const { own, figures } = result;
  const title = !own ? "From the report" : session.linked.value ? "The linked result" : "Your result";
  const first = answerIn(session, result);
  const focus = session.focus.value ?? first;
  const whole = first && isRow(figures[first.figure], session) ? figures[first.figure] : undefined;
  const row = whole && !session.focus.value;
  const missing = busy || !focus ? [] : missingIn(session, result, figures[focus.figure].figure.name);
  const stale = missing.some(({ untouched }) => !untouched);
  // The large picture comes first.
  const inOrder = [...figures.entries()].sort(([a], [b]) =>
    Number(b === first?.figure) - Number(a === first?.figure)
  );
  return (
    <section
      ref={section}
      class={`results ${own ? "own" : "reports"} ${stale ? "stale" : ""}`}
      aria-label={own ? title : "The report's result"}
    >
      <header class="stage-head">
        <h2>{busy ? "Done so far" : title}</h2>
        {own && session.cached.value && <span class="badge">made before</span>}
        {missing.length > 0 && <Differs missing={missing} />}
      </header>
      {row
        ? (
          <RowViewer
            session={session}
            result={result}
            shown={whole}
            onChoose={(cell) => session.focus.value = { figure: first!.figure, cell }}
          />
        )
        : focus && (
          <Viewer
            session={session}
            result={result}
            focus={focus}
            onWhole={whole && focus.figure === first!.figure
              ? () => session.focus.value = undefined
              : undefined}
          />
        )}
      {own && !busy && (
        <div class="row">
          {session.phase.value === "done" && <CopyLink session={session} />}
          {session.trainedModel && (
            <TrainedLinks
              {...session.trainedModel}
              name={fileName([session.section, "trained"], result.parameters)}
            />
          )}
          {committed && committed.figures.length > 0 && (
            <label class="flag">
              <input
                type="checkbox"
                checked={beside}
                onChange={({ currentTarget }) => setBeside(currentTarget.checked)}
              />
              <span>beside the report's</span>
            </label>
          )}
        </div>
      )}
      {first && !busy && !["anagrams", "hybrids"].includes(session.section) && (
        <Special
          section={session.section}
          shown={figures[first.figure]}
          parameters={result.parameters}
        />
      )}
      <div class="figures">
        {inOrder.map(([index, shown]) => {
          const other = beside
            ? committed?.figures.find(({ name }) => name === shown.figure.name)
            : undefined;
          const figure = (
            <Figure
              session={session}
              result={result}
              shown={shown}
              chosen={focus?.figure === index && !row ? focus.cell : -1}
              onChoose={(cell) => session.focus.value = { figure: index, cell }}
              onLook={() => requestAnimationFrame(() => showLarge(section.current!))}
            />
          );
          return (
            <div key={shown.figure.name} class={isSlim(shown.figure) && !other ? "slim" : ""}>
              {other
                ? (
                  <div class="beside">
                    <div>
                      <p class="side">yours</p>
                      {figure}
                    </div>
                    <div>
                      <p class="side">the report's</p>
                      <FigureView
                        figure={other}
                        src={siteAddress(`/report/${session.section}/${other.file}`)}
                      />
                    </div>
                  </div>
                )
                : figure}
            </div>
          );
        })}
      </div>
      {own && !busy && !drawsCurves(figures) && session.curves.value.size > 0 && (
        <LossChart curves={session.curves.value} />
      )}
    </section>
  );
}

/** Whether a training's curves have a figure of their own, so that they are not shown twice. */
function drawsCurves(figures: readonly ShownFigure[]): boolean {
  return figures.some(({ figure }) => figure.name === CURVE_FIGURE);
}

/** A figure whose pictures can be enlarged, and its file. */
function Figure(
  { session, result, shown: { figure, src }, chosen, onChoose, onLook }: {
    readonly session: Session;
    readonly result: Result;
    readonly shown: ShownFigure;
    readonly chosen: number;
    readonly onChoose: (cell: number) => void;
    readonly onLook: () => void;
  },
) {
  const kind = figure.type === "image/gif" ? "GIF" : figure.type === "image/png" ? "PNG" : "SVG";
  const name = fileName([session.section, figure.name], result.parameters);
  return (
    <FigureView
      figure={figure}
      src={src}
      choice={result.figures.flatMap(({ figure }) => figure.cells).length > 1
        ? { chosen, choose: onChoose, look: onLook }
        : undefined}
    >
      {" "}
      <a class="download" href={src} download={`${name}.${kind.toLowerCase()}`}>
        Download {kind}
      </a>
    </FigureView>
  );
}

/** Scrolls to the large picture if less than half of it is visible. */
function showLarge(section: HTMLElement): void {
  const viewer = section.querySelector(".viewer")!;
  const { top, height } = viewer.querySelector(".large")!.getBoundingClientRect();
  const seen = Math.min(innerHeight, top + height) - Math.max(0, top);
  if (seen >= height / 2) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  viewer.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}

function CopyLink({ session }: { readonly session: Session }) {
  const [copied, setCopied] = useState(false);
  return (
    <>
      <a
        class="button small permalink"
        href={session.permalink()}
        onClick={(event) => {
          if (!navigator.clipboard) return;
          event.preventDefault();
          const link = session.permalink();
          session.noteAddress();
          navigator.clipboard.writeText(link).then(() => setCopied(true), () => location.assign(link));
        }}
      >
        {copied ? "Link copied" : "Copy link to this"}
      </a>
      <span class="visually-hidden" role="status">{copied ? "The link is in the clipboard." : ""}</span>
    </>
  );
}

/** Up to two columns leave room for another figure next to it. */
function isSlim({ cells }: WireFigure): boolean {
  return cells.length > 2 && cells.every(({ column }) => column < 2);
}
