import { useEffect, useId, useState } from "preact/hooks";
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
  /** The name of the first stage that is asked. */
  readonly model: string;
  /** What a tab fetches for it, in bytes. */
  readonly bytes: number;
  /** Its last timestep. */
  readonly last: number;
  /** The text at first. */
  readonly prompt: string;
  /** The form of the section: its pictures are those to choose from. */
  readonly form: Form;
}

/** What the report's guidance figures go to. */
const MOST = 15;

const image: Field = { name: "image", type: "string", control: "image", label: "Picture below the noise" };

/**
 * What a network takes for the clean image, while the timestep and the scale of guidance are dragged: asked in this tab, a fraction of
 * a second at each timestep. The scale costs nothing, since the answers with a text and without it are here.
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
  useEffect(() => {
    if (!wanted) return;
    setBusy(true);
    const loading = (received: number, total: number) => {
      setNote(`Fetching the model: ${(received / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`);
    };
    const ask = async () => {
      const chosen = String(picture);
      const pictures = await ownPictures({ image: chosen });
      return await estimateInTab({ model, prompt, image: chosen, t, seed, pictures }, loading);
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
  }, [wanted, prompt, picture, seed, t]);
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
      <label class="live-slider">
        <span>
          <Typeset text={`Guidance γ = ${scale}`} />
        </span>
        <input
          type="range"
          class="scrubber"
          min={0}
          max={MOST}
          step={0.25}
          value={scale}
          aria-label="Guidance"
          onInput={({ currentTarget }) => setScale(Number(currentTarget.value))}
        />
      </label>
      <label class="live-slider">
        <span>
          <Typeset text={`Timestep t = ${t}`} />
        </span>
        <input
          type="range"
          class="scrubber"
          min={0}
          max={last}
          value={t}
          aria-label="Timestep"
          onInput={({ currentTarget }) => setT(Number(currentTarget.value))}
        />
      </label>
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
