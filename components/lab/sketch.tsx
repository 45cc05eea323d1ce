/** A pad to draw a picture on. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Dialog } from "./dialog.tsx";
import { draw } from "./drawing.ts";
import { StrokeCanvas } from "./stroke_canvas.tsx";
import { StrokeTools } from "./stroke_tools.tsx";
import { useStrokes } from "./use_strokes.ts";

const SIZE = 512;
const PAPER = "#ffffff";

const colours = [
  { value: "#1a1a1a", name: "black" },
  { value: "#8d8d8d", name: "gray" },
  { value: "#d23c2e", name: "red" },
  { value: "#ee8a2a", name: "orange" },
  { value: "#f2c531", name: "yellow" },
  { value: "#3f9c4a", name: "green" },
  { value: "#2f74c8", name: "blue" },
  { value: "#79c2e8", name: "light blue" },
  { value: "#7a4ba3", name: "purple" },
  { value: "#8a5a34", name: "brown" },
  { value: "#f0b9a0", name: "skin" },
];

interface SketchProps {
  readonly onClose: () => void;
  /** Called with the drawing, and whether to run it right away. */
  readonly onDone: (canvas: HTMLCanvasElement, run: boolean) => void;
  /** Whether there is a lab to run it. */
  readonly runs: boolean;
}

/** Asks for a drawing. */
export function SketchDialog({ onClose, onDone, runs }: SketchProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [colour, setColour] = useState(colours[0].value);
  const [width, setWidth] = useState(24);
  const drawn = useStrokes({ colour, width });
  const { strokes, undo, clear } = drawn;
  useEffect(() => {
    const context = canvas.current!.getContext("2d")!;
    context.fillStyle = PAPER;
    context.fillRect(0, 0, SIZE, SIZE);
    draw(context, strokes);
  }, [strokes]);
  return (
    <Dialog title="Draw a picture" onClose={onClose}>
      <div class="pad">
        <StrokeCanvas canvas={canvas} width={SIZE} height={SIZE} label="Drawing area" strokes={drawn} />
        <StrokeTools
          tool="Pen"
          range={[4, 80]}
          width={width}
          onWidth={setWidth}
          empty={strokes.length === 0}
          undo={undo}
          clear={clear}
          finish="Use this drawing"
          onFinish={() => onDone(canvas.current!, false)}
          onRun={runs ? () => onDone(canvas.current!, true) : undefined}
        >
          <div class="palette" role="radiogroup" aria-label="Colour">
            {[...colours, { value: PAPER, name: "eraser" }].map(({ value, name }) => (
              <label title={name}>
                <input
                  type="radio"
                  name="colour"
                  checked={colour === value}
                  onChange={() => setColour(value)}
                />
                <span class={name === "eraser" ? "swatch eraser" : "swatch"} style={`background: ${value}`} />
                <span class="visually-hidden">{name}</span>
              </label>
            ))}
          </div>
        </StrokeTools>
      </div>
    </Dialog>
  );
}
