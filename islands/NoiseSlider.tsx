import { useEffect, useMemo, useState } from "preact/hooks";
import { ImageControl } from "../components/lab/image_control.tsx";
import { PartView } from "../components/lab/part_view.tsx";
import { cellPart, type Part } from "../components/lab/pictures.ts";
import { Session } from "../components/lab/session.ts";
import { hasServer } from "../components/site.ts";
import { Typeset } from "../components/typeset.tsx";
import type { Json } from "../report/mod.ts";
import type { Form } from "../server/form.ts";
import type { NoiseLevel } from "../server/noise_levels.ts";

interface NoiseSliderProps {
  /** The section that denoises in one step. */
  readonly section: string;
  /** Its form. */
  readonly form: Form;
  /** The levels, from almost no noise to nothing else. */
  readonly levels: readonly NoiseLevel[];
}

/** The slider begins in the middle. */
const middle = (levels: readonly NoiseLevel[]) => levels.length >> 1;

/** The pictures next to each other: rows of the section's figures. */
const views = [
  { figure: "one-step", row: 1, label: "noisy x_t", words: "The picture with noise" },
  { figure: "noise", row: 0, label: "the network's ε̂", words: "What the network takes for noise" },
  { figure: "one-step", row: 2, label: "estimate x̂_0", words: "The network's estimate" },
] as const;

/** A picture at a draggable noise level: with noise, and the network's estimates. All levels are computed together. */
export default function NoiseSlider({ section, form, levels }: NoiseSliderProps) {
  const [ready, setReady] = useState(false);
  const [image, setImage] = useState<Json>(form.start.image);
  const [seed, setSeed] = useState(Number(form.start.seed));
  const [at, setAt] = useState(middle(levels));
  // Another picture gets another session: later events of the former one are ignored.
  const session = useMemo(() => {
    const session = new Session(section, "", { aside: true });
    session.form.value = form;
    session.values.value = { ...form.start, image, seed, timesteps: levels.map(({ t }) => t) };
    return session;
  }, [image, seed]);
  useEffect(() => setReady(true), []);
  // The tab's program is fetched on first use.
  const [wanted, setWanted] = useState(hasServer());
  useEffect(() => {
    if (!wanted) return;
    session.start();
    return () => void session.cancel();
  }, [session, wanted]);
  const { t, alphaBar, alpha, sigma } = levels[at];
  const parts = views.map(({ figure, row }) => partOf(session, figure, row, at));
  const [known, setKnown] = useState(parts);
  const whole = parts.every((part) => part !== undefined);
  // Until the new picture is there, the one before stays.
  useEffect(() => {
    if (whole) setKnown(parts);
  }, [whole, session]);
  const shown = whole ? parts : known;
  const phase = session.phase.value;
  return (
    <section class="live" data-ready={ready} data-phase={phase} aria-labelledby="live-title">
      <h2 id="live-title">Drag the noise level</h2>
      <div class="live-views">
        {views.map(({ label, words }, i) => (
          <figure key={label}>
            {shown[i] ? <PartView part={shown[i]} alt={`${words}, t = ${t}`} /> : <div class="part empty" />}
            <figcaption>
              <Typeset text={label} />
            </figcaption>
          </figure>
        ))}
      </div>
      <input
        type="range"
        class="scrubber"
        min={0}
        max={levels.length - 1}
        value={at}
        aria-label="Noise level"
        aria-valuetext={`t = ${t}, sigma = ${sigma.toFixed(3)}`}
        onInput={({ currentTarget }) => setAt(Number(currentTarget.value))}
      />
      <p class="reading">
        <var>t</var> = {t}:{" "}
        <var>
          ᾱ<sub>t</sub>
        </var>{" "}
        = {alphaBar.toFixed(4)}, so{" "}
        <var>
          x<sub>t</sub>
        </var>{" "}
        is {alpha.toFixed(3)} times the picture plus σ = {sigma.toFixed(3)} times noise.
      </p>
      {!wanted && (
        <button type="button" class="button small" onClick={() => setWanted(true)}>Ask the network</button>
      )}
      <p class="note" role="status">
        {phase === "failed" ? session.message.value : session.busy ? progressOf(session) : ""}
      </p>
      <ImageControl
        field={form.fields.find(({ name }) => name === "image")!}
        value={image}
        onChange={setImage}
        form={form}
        path="live-image"
      />
      <button type="button" class="button small" onClick={() => setSeed(seed + 1)}>Other noise</button>
    </section>
  );
}

/** A picture of a figure, where it is there. */
function partOf(session: Session, name: string, row: number, column: number): Part | undefined {
  const shown = session.figures.value.find(({ figure }) => figure.name === name);
  const cell = shown?.figure.cells.find((cell) => cell.row === row && cell.column === column);
  return cell && cellPart(shown!, cell);
}

function progressOf({ progress, message }: Session): string {
  const { done, total } = progress.value ?? { done: 0, total: 0 };
  return message.value ||
    (total ? `The network is asked about ${done} of ${total} noise levels` : "Asking the network");
}
