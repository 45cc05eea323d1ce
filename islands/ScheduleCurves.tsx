import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { PixelView } from "../components/pixel_view.tsx";
import { Typeset } from "../components/typeset.tsx";
import { linearTicks } from "../recipes/ticks.ts";
import {
  addNoise,
  alphaBar,
  cosineSchedule,
  type DiscreteSchedule,
  linearSchedule,
  scaledLinearSchedule,
  sigma,
} from "../lib/diffusion/mod.ts";
import { Generator } from "../lib/random.ts";
import type { Tensor } from "../lib/tensor.ts";
import { siteAddress } from "../components/site.ts";

interface ScheduleCurvesProps {
  /** The address of the picture that is noised. */
  readonly picture: string;
  /** What it shows. */
  readonly title: string;
}

interface Named {
  readonly name: string;
  readonly of: string;
  readonly schedule: DiscreteSchedule;
}

/** The schedules of the library, 1000 timesteps each. */
const schedules: readonly Named[] = [
  { name: "linear", of: "DDPM", schedule: linearSchedule() },
  { name: "scaled linear", of: "Stable Diffusion", schedule: scaledLinearSchedule() },
  { name: "squared cosine", of: "DeepFloyd IF, emoji-I", schedule: cosineSchedule() },
];

const LAST = 999;

/** The picture's width in pixels: that of the network that ships. */
const SIZE = 32;

/** Points of a curve. */
const POINTS = 120;

/** The schedules side by side: the fraction of an image's variance that is left at a timestep, and what that looks like. */
export default function ScheduleCurves({ picture, title }: ScheduleCurvesProps) {
  const [ready, setReady] = useState(false);
  const [chosen, setChosen] = useState(schedules.length - 1);
  const [t, setT] = useState(500);
  const [clean, setClean] = useState<Tensor>();
  const plot = useRef<HTMLDivElement>(null);
  useEffect(() => {
    setReady(true);
    pixelsOf(picture).then(setClean);
  }, []);
  const noise = useMemo(() => clean && new Generator(0).randn(clean.shape), [clean]);
  const { name, schedule } = schedules[chosen];
  const left = alphaBar(schedule, t);
  const drag = (event: PointerEvent) => {
    const { left, width } = plot.current!.getBoundingClientRect();
    setT(Math.min(LAST, Math.max(0, Math.round((event.clientX - left) / width * LAST))));
  };
  return (
    <section class="live curves" data-ready={ready} aria-labelledby="curves-title">
      <h2 id="curves-title">How fast the image goes</h2>
      <fieldset class="choices">
        <legend>Schedule</legend>
        {schedules.map(({ name, of }, i) => (
          <label key={name} class={`curve-name curve-name-${i}`}>
            <input type="radio" name="schedule" checked={i === chosen} onChange={() => setChosen(i)} />
            <span>{name}</span> <small>{of}</small>
          </label>
        ))}
      </fieldset>
      <div
        ref={plot}
        class="plot draggable"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag(event);
        }}
        onPointerMove={(event) => event.buttons > 0 && drag(event)}
      >
        <svg
          viewBox="0 0 100 100"
          preserveAspectRatio="none"
          role="img"
          aria-label={`Three curves that fall from 1 to 0 over the timesteps; the ${name} one is at ${
            left.toFixed(3)
          } at timestep ${t}`}
        >
          {linearTicks(0, 1, 4).map((y) => (
            <line key={y} class="grid" x1={0} x2={100} y1={100 - 100 * y} y2={100 - 100 * y} />
          ))}
          {schedules.map(({ name, schedule }, i) => (
            <polyline
              key={name}
              class={`curve curve-${i} ${i === chosen ? "" : "faint"}`}
              points={curveOf(schedule)}
            />
          ))}
          <line class="hair" x1={100 * t / LAST} x2={100 * t / LAST} y1={0} y2={100} />
        </svg>
        {linearTicks(0, 1, 4).map((y) => (
          <span key={y} class="tick row-tick" style={`--y: ${100 - 100 * y}`}>{y}</span>
        ))}
        {linearTicks(0, LAST, 5).map((x) => (
          <span key={x} class="tick column-tick" style={`--x: ${100 * x / LAST}`}>{x}</span>
        ))}
        <span class={`tip tip-${chosen}`} style={`--x: ${100 * t / LAST}; --y: ${100 - 100 * left}`} />
      </div>
      <input
        type="range"
        class="scrubber"
        min={0}
        max={LAST}
        value={t}
        aria-label="Timestep"
        aria-valuetext={`t = ${t}: ${left.toFixed(3)} of the variance is left`}
        onInput={({ currentTarget }) => setT(Number(currentTarget.value))}
      />
      <p class="reading">
        <var>t</var> = {t}, {name}:{" "}
        <var>
          ᾱ<sub>t</sub>
        </var>{" "}
        = {left.toFixed(4)}, σ = {sigma(schedule, t).toFixed(3)}
      </p>
      <div class="live-views">
        {schedules.map(({ name, schedule }, i) => (
          <figure key={name} class={i === chosen ? "chosen" : ""}>
            <Noisy
              clean={clean}
              noise={noise}
              t={t}
              schedule={schedule}
              title={`${title}, ${name}, t = ${t}`}
            />
            <figcaption>
              <Typeset text={`${name} x_t`} />
            </figcaption>
          </figure>
        ))}
      </div>
      <p class="note">
        The same picture and the same noise by each schedule, computed here in the page by the library.
      </p>
    </section>
  );
}

/** A picture with noise. */
function Noisy(
  { clean, noise, t, schedule, title }: {
    readonly clean: Tensor | undefined;
    readonly noise: Tensor | undefined;
    readonly t: number;
    readonly schedule: DiscreteSchedule;
    readonly title: string;
  },
) {
  const noisy = useMemo(
    () => clean && noise && addNoise(clean, noise, t, schedule),
    [clean, noise, t, schedule],
  );
  return <PixelView pixels={noisy} alt={title} />;
}

/** A picture's pixels, `[3, SIZE, SIZE]` in [-1, 1]. */
async function pixelsOf(address: string): Promise<Tensor> {
  const image = new Image();
  image.src = siteAddress(address);
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, SIZE, SIZE);
  const bytes = context.getImageData(0, 0, SIZE, SIZE).data;
  const pixels = SIZE * SIZE;
  const data = Float32Array.from({ length: 3 * pixels }, (_, i) => {
    return bytes[4 * (i % pixels) + Math.floor(i / pixels)] / 127.5 - 1;
  });
  return { data, shape: [3, SIZE, SIZE] };
}

function curveOf(schedule: DiscreteSchedule): string {
  return Array.from({ length: POINTS + 1 }, (_, i) => {
    const t = Math.round(i / POINTS * LAST);
    return `${(100 * t / LAST).toFixed(2)},${(100 - 100 * alphaBar(schedule, t)).toFixed(2)}`;
  }).join(" ");
}
