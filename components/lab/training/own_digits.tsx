/** The user's own digits to train on: a pad and the drawn digits. */
import { useEffect, useRef, useState } from "preact/hooks";
import { DIGIT_SIZE } from "../../../tab/drawn_digit.ts";
import { drawnDigits, forgetDigit, keepDigit, MAX_DIGITS, readDigits } from "../../../tab/drawn_digits.ts";
import { mnistForm } from "../../../tab/mnist_form.ts";
import { draw } from "../drawing.ts";
import { StrokeCanvas } from "../stroke_canvas.tsx";
import { StrokeTools } from "../stroke_tools.tsx";
import { useStrokes } from "../use_strokes.ts";

/** Height and width of the pad, in its own pixels: ten for each of a digit's. */
const SIZE = 10 * DIGIT_SIZE;

/** The pad, the label and the digits that are kept. */
export function OwnDigits({ conditioned }: {
  /** Whether the network is conditioned on the digit. */
  readonly conditioned: boolean;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [label, setLabel] = useState(0);
  const [width, setWidth] = useState(24);
  const [lasting, setLasting] = useState(true);
  const drawn = useStrokes({ colour: "#fff", width });
  const { strokes, undo, clear } = drawn;
  const digits = drawnDigits.value;
  useEffect(() => void readDigits(), []);
  useEffect(() => {
    const context = canvas.current!.getContext("2d", { willReadFrequently: true })!;
    context.fillStyle = "#000";
    context.fillRect(0, 0, SIZE, SIZE);
    draw(context, strokes);
  }, [strokes]);
  const keep = async () => {
    const { data } = canvas.current!.getContext("2d")!.getImageData(0, 0, SIZE, SIZE);
    const pixels = mnistForm(Float32Array.from({ length: SIZE * SIZE }, (_, i) => data[4 * i] / 255), SIZE);
    if (!pixels) return;
    setLasting(await keepDigit(label, pixels));
    clear();
  };
  return (
    <section class="own-digits" aria-label="Your digits">
      <div class="pad">
        <StrokeCanvas canvas={canvas} width={SIZE} height={SIZE} label="Draw a digit" strokes={drawn} />
        <StrokeTools
          tool="Pen"
          range={[10, 40]}
          width={width}
          onWidth={setWidth}
          empty={strokes.length === 0}
          undo={undo}
          clear={clear}
          finish="Keep this digit"
          onFinish={keep}
          full={digits.length >= MAX_DIGITS}
        >
          <label class="digit-label">
            It is a{" "}
            <select value={label} onChange={({ currentTarget }) => setLabel(Number(currentTarget.value))}>
              {Array.from({ length: 10 }, (_, digit) => <option key={digit} value={digit}>{digit}</option>)}
            </select>
          </label>
        </StrokeTools>
      </div>
      <p class="note">
        {conditioned
          ? "The network learns your handwriting for each digit. A few of each are enough to continue from the trained network."
          : "The network learns to draw digits like yours, without knowing which digit is which. A few are enough to continue from the trained network."}
        {" Each is also learned moved by up to two pixels. They stay in this browser."}
      </p>
      {!lasting && (
        <p class="error" role="alert">
          This browser keeps nothing for this site: your digits are here until the page closes.
        </p>
      )}
      {digits.length > 0 && (
        <>
          <ul class="drawn-digits" aria-label="Digits that you have drawn">
            {digits.map(({ id, label, pixels }) => (
              <li key={id}>
                <Picture pixels={pixels} />
                <span>{label}</span>
                <button
                  type="button"
                  class="remove"
                  aria-label={`Remove this ${label}`}
                  onClick={() => forgetDigit(id)}
                >
                  ×
                </button>
              </li>
            ))}
          </ul>
          <button type="button" class="link remove-all" onClick={() => forgetDigit()}>
            Remove all {digits.length}
          </button>
        </>
      )}
    </section>
  );
}

/** A digit as the network sees it. */
function Picture({ pixels }: { readonly pixels: Uint8Array }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current!.getContext("2d")!;
    const image = context.createImageData(DIGIT_SIZE, DIGIT_SIZE);
    pixels.forEach((value, i) => image.data.set([value, value, value, 255], 4 * i));
    context.putImageData(image, 0, 0);
  }, [pixels]);
  return <canvas ref={canvas} width={DIGIT_SIZE} height={DIGIT_SIZE} aria-hidden="true" />;
}
