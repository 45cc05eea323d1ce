/** Choosing the area to regenerate: a mask of the report, or one painted over the picture. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Dialog } from "./dialog.tsx";
import { draw, stripe } from "./drawing.ts";
import type { ControlProps } from "./control_props.ts";
import { MaskPreview } from "./mask_preview.tsx";
import { StrokeCanvas } from "./stroke_canvas.tsx";
import { StrokeTools } from "./stroke_tools.tsx";
import { Thumbs } from "./thumbs.tsx";
import { pictureAddress, sendCanvas } from "./upload.ts";
import { nameUpload } from "./upload_names.ts";
import { useStrokes } from "./use_strokes.ts";

/** Chooses a mask. */
export function MaskControl({ field, value, onChange, form, siblings = {}, marks }: ControlProps) {
  const [painting, setPainting] = useState(false);
  const [error, setError] = useState<string>();
  const picture = String(siblings.image ?? siblings.picture ?? "");
  const masks = form.images.filter(({ id: name, mask }) => mask && (!picture || name === `mask-${picture}`));
  const use = async (canvas: HTMLCanvasElement) => {
    setPainting(false);
    setError(undefined);
    try {
      const { id } = await sendCanvas(canvas);
      nameUpload(id, "your mask");
      onChange(id);
    } catch (problem) {
      setError((problem as Error).message);
    }
  };
  return (
    <fieldset class="picture" aria-describedby={marks?.["aria-describedby"]}>
      <legend title={field.help}>{field.label ?? field.name}</legend>
      <Thumbs pictures={masks} value={value} onChange={onChange} />
      {picture && value && (
        <MaskPreview picture={pictureAddress(picture)} mask={pictureAddress(String(value))} />
      )}
      <small class="help">Striped: painted anew, the white of the mask. The rest stays as it is.</small>
      <div class="sources">
        <button type="button" class="button small" disabled={!picture} onClick={() => setPainting(true)}>
          Paint a mask
        </button>
      </div>
      {error && <p class="error" role="alert">{error}</p>}
      {painting && (
        <MaskDialog
          picture={pictureAddress(picture)}
          onClose={() => setPainting(false)}
          onDone={use}
        />
      )}
    </fieldset>
  );
}

/** The longer side of the canvas. */
const SIZE = 512;

function MaskDialog(
  { picture, onClose, onDone }: {
    readonly picture: string;
    readonly onClose: () => void;
    readonly onDone: (canvas: HTMLCanvasElement) => void;
  },
) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(70);
  const [size, setSize] = useState({ width: 0, height: 0, naturalWidth: 0, naturalHeight: 0 });
  const drawn = useStrokes({ colour: "#ffffff", width });
  const { strokes, undo, clear } = drawn;
  useEffect(() => {
    if (size.width === 0) return;
    const context = canvas.current!.getContext("2d")!;
    context.clearRect(0, 0, size.width, size.height);
    draw(context, strokes);
    stripe(context);
  }, [strokes, size]);
  const finish = () => {
    // As large as the picture; white where it was painted.
    const mask = document.createElement("canvas");
    mask.width = size.naturalWidth;
    mask.height = size.naturalHeight;
    const context = mask.getContext("2d")!;
    context.fillStyle = "#000000";
    context.fillRect(0, 0, mask.width, mask.height);
    context.scale(mask.width / size.width, mask.height / size.height);
    draw(context, strokes);
    onDone(mask);
  };
  return (
    <Dialog title="Paint the area to regenerate" onClose={onClose}>
      <div class="pad">
        <p class="note">
          What you paint, striped, is painted anew under the prompt. The rest stays as it is.
        </p>
        <div class="over-picture">
          <img
            src={picture}
            alt=""
            data-fresh-disable-lock
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
              const factor = SIZE / Math.max(naturalWidth, naturalHeight);
              setSize({
                width: Math.round(naturalWidth * factor),
                height: Math.round(naturalHeight * factor),
                naturalWidth,
                naturalHeight,
              });
            }}
          />
          <StrokeCanvas
            canvas={canvas}
            width={size.width}
            height={size.height}
            label="Area to paint the mask"
            strokes={drawn}
          />
        </div>
        <StrokeTools
          tool="Brush"
          range={[10, 160]}
          width={width}
          onWidth={setWidth}
          empty={strokes.length === 0}
          undo={undo}
          clear={clear}
          finish="Use this mask"
          onFinish={finish}
        />
      </div>
    </Dialog>
  );
}
