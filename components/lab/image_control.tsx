/** Choosing a picture: one of the report's, a file, one from the clipboard or the camera, or a drawing. */
import { useContext, useRef, useState } from "preact/hooks";
import { CameraDialog } from "./camera.tsx";
import type { ControlProps } from "./control_props.ts";
import { LabContext } from "./lab_context.ts";
import { SketchDialog } from "./sketch.tsx";
import { Thumbs } from "./thumbs.tsx";
import { sendCanvas, sendFile } from "./upload.ts";
import { nameUpload } from "./upload_names.ts";

/** Chooses a picture. */
export function ImageControl({ field, value, onChange, form, marks }: ControlProps) {
  const file = useRef<HTMLInputElement>(null);
  const [state, setState] = useState<{ busy?: boolean; error?: string; over?: boolean }>({});
  const [dialog, setDialog] = useState<"sketch" | "camera" | undefined>();
  const pictures = form.images.filter(({ mask }) => !mask);
  const { run } = useContext(LabContext);
  const send = async (name: string, make: () => Promise<{ id: string }>, andRun = false) => {
    setState({ busy: true });
    try {
      const { id } = await make();
      nameUpload(id, name);
      onChange(id);
      setState({});
      if (andRun) run?.();
    } catch (error) {
      setState({ error: (error as Error).message });
    }
  };
  const take = (files: FileList | null | undefined) => {
    const [first] = files ?? [];
    if (first) send(first.name || "a pasted picture", () => sendFile(first));
  };
  return (
    <fieldset
      class={`picture ${state.over ? "over" : ""}`}
      aria-describedby={marks?.["aria-describedby"]}
      onDragOver={(event) => {
        event.preventDefault();
        setState({ over: true });
      }}
      onDragLeave={() => setState({})}
      onDrop={(event) => {
        event.preventDefault();
        setState({});
        take(event.dataTransfer?.files);
      }}
      onPaste={(event) => {
        if (!event.clipboardData?.files.length) return;
        event.preventDefault();
        take(event.clipboardData.files);
      }}
    >
      <legend title={field.help}>{field.label ?? field.name}</legend>
      <Thumbs pictures={pictures} value={value} onChange={onChange} />
      <div class="sources">
        <button type="button" class="button small" onClick={() => file.current?.click()}>Upload</button>
        <button type="button" class="button small" onClick={() => setDialog("sketch")}>Draw</button>
        <button type="button" class="button small camera" onClick={() => setDialog("camera")}>Camera</button>
        <input
          ref={file}
          type="file"
          accept="image/*"
          class="visually-hidden"
          tabIndex={-1}
          aria-label={`Upload ${(field.label ?? "picture").toLowerCase()}`}
          onChange={({ currentTarget }) => {
            take(currentTarget.files);
            currentTarget.value = "";
          }}
        />
        <small class="hint">or drop a file, or paste</small>
      </div>
      <p class="note" role="status">{state.busy ? "Sending the picture" : ""}</p>
      {state.error && <p class="error" role="alert">{state.error}</p>}
      {dialog === "sketch" && (
        <SketchDialog
          onClose={() => setDialog(undefined)}
          runs={run !== undefined}
          onDone={(canvas, andRun) => {
            setDialog(undefined);
            send("your drawing", () => sendCanvas(canvas), andRun);
          }}
        />
      )}
      {dialog === "camera" && (
        <CameraDialog
          onClose={() => setDialog(undefined)}
          onDone={(canvas) => {
            setDialog(undefined);
            send("your photograph", () => sendCanvas(canvas));
          }}
        />
      )}
    </fieldset>
  );
}
