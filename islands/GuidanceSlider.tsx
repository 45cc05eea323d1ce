import { useEffect, useId, useMemo, useState } from "preact/hooks";
import { ImageControl } from "../components/lab/image_control.tsx";
import { ownPictures } from "../components/lab/upload.ts";
import { PixelView } from "../components/pixel_view.tsx";
import { Typeset } from "../components/typeset.tsx";
import { combine } from "../lib/tensor.ts";
import type { Field, Json } from "../report/mod.ts";
import type { TwoEstimates } from "../report/live/two_estimates.ts";
import type { Form } from "../server/form.ts";
import { Latest } from "../tab/latest.ts";
import { estimateInTab } from "../tab/section_runs.ts";

interface GuidanceSliderProps {
  /** The name of the first stage. */
  readonly model: string;
  /** Its download size in a tab, in bytes. */
  readonly bytes: number;
  /** Its last timestep. */
  readonly last: number;
  /** The initial text. */
  readonly prompt: string;
  /** The form of the section: its pictures are those to choose from. */
  readonly form: Form;
}

/** The maximum scale of the report's guidance figures. */
const MAX_SCALE = 15;

const image: Field = { name: "image", type: "string", control: "image", label: "Picture below the noise" };

/**
 * A network's estimate of the clean image, while the timestep and the guidance scale are dragged: computed in this tab, a fraction of
 * a second at each timestep. The scale costs nothing, since both estimates, with the text and without, are kept.
 */
export default function GuidanceSlider(
  { model, bytes, last, prompt: first, form }: GuidanceSliderProps,
) {
  const id = useId();
  const [ready, setReady] = useState(false);
  const [wanted, setWanted] = useState(false);
  const [prompt, setPrompt] = useState(first);
  const [picture, setPicture] = useState<Json>(form.images[0].id);
  const [seed, setSeed] = useState(0);
  const [t, setT] = useState(Math.round(0.8 * last));
  const [scale, setScale] = useState(3);
  const [estimates, setEstimates] = useState<TwoEstimates>();
  const [busy, setBusy] = useState(false);
  const [note, setNote] = useState("");
  const [latest] = useState(() => new Latest());
  useEffect(() => setReady(true), []);
  // An own picture is fetched once for all requests.
  const pictures = useMemo(
    () => wanted ? ownPictures({ image: String(picture) }) : undefined,
    [wanted, picture],
  );
  useEffect(() => {
    if (!pictures) return;
    setBusy(true);
    const loading = (received: number, total: number) => {
      setNote(`Fetching the model: ${(received / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`);
    };
    const ask = async () => {
      const request = { model, prompt, image: String(picture), t, seed, pictures: await pictures };
      return await estimateInTab(request, loading);
    };
    latest.run(ask).then((answer) => {
      if (!answer) return;
      setEstimates(answer);
      setNote("");
      setBusy(latest.busy);
    }, (error) => {
      setNote((error as Error).message);
      setBusy(latest.busy);
    });
  }, [pictures, prompt, seed, t]);
  if (!wanted) {
    return (
      <section class="live" data-ready={ready} aria-labelledby={id}>
        <h2 id={id}>Drag the guidance</h2>
        <p class="note">
          Hold a picture below noise, drag timestep and scale, and see at once what the network takes for the
          clean image.
        </p>
        <button type="button" class="button small" onClick={() => setWanted(true)}>
          Ask the network in this tab
        </button>{" "}
        <small class="hint">{`${Math.ceil(bytes / 1e6)} MB of weights, once`}</small>
      </section>
    );
  }
  const views = [
    { label: "noisy x_t", words: "The picture with noise", pixels: estimates?.noisy },
    { label: "estimate x̂_0, no text", words: "The estimate without the text", pixels: estimates?.without },
    {
      label: `estimate x̂_0, γ = ${scale}`,
      words: `The estimate at guidance ${scale}`,
      pixels: estimates && combine(1 - scale, estimates.without, scale, estimates.withText),
    },
  ];
  return (
    <section class="live" data-ready={ready} data-phase={busy ? "asking" : "done"} aria-labelledby={id}>
      <h2 id={id}>Drag the guidance</h2>
      <div class="live-views">
        {views.map(({ label, words, pixels }) => (
          <figure key={words.slice(0, 24)}>
            <PixelView pixels={pixels} alt={`${words}, t = ${t}`} />
            <figcaption>
              <Typeset text={label} />
            </figcaption>
          </figure>
        ))}
      </div>
      <Slider
        name="Guidance"
        text={`Guidance γ = ${scale}`}
        max={MAX_SCALE}
        step={0.25}
        value={scale}
        onMove={setScale}
      />
      <Slider name="Timestep" text={`Timestep t = ${t}`} max={last} step={1} value={t} onMove={setT} />
      <label class="live-text">
        <span>Prompt</span>
        <input
          type="text"
          maxLength={300}
          value={prompt}
          onChange={({ currentTarget }) => setPrompt(currentTarget.value)}
        />
      </label>
      <p class="note" role="status">{note || (busy && !estimates ? "Asking the network" : "")}</p>
      <ImageControl field={image} value={picture} onChange={setPicture} form={form} path="live-image" />
      <button type="button" class="button small" onClick={() => setSeed(seed + 1)}>Other noise</button>
    </section>
  );
}

interface SliderProps {
  readonly name: string;
  /** The name with the value. */
  readonly text: string;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  readonly onMove: (value: number) => void;
}

/** A slider from 0 on, with its value. */
function Slider({ name, text, max, step, value, onMove }: SliderProps) {
  return (
    <label class="live-slider">
      <span>
        <Typeset text={text} />
      </span>
      <input
        type="range"
        class="scrubber"
        min={0}
        max={max}
        step={step}
        value={value}
        aria-label={name}
        onInput={({ currentTarget }) => onMove(Number(currentTarget.value))}
      />
    </label>
  );
}
