/** A picture from the camera, where there is one. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Dialog } from "./dialog.tsx";

const SIZE = 512;

/** Asks for a picture. */
export function CameraDialog(
  { onClose, onDone }: { readonly onClose: () => void; readonly onDone: (canvas: HTMLCanvasElement) => void },
) {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<"waiting" | "ready" | "refused">("waiting");
  useEffect(() => {
    let stream: MediaStream | undefined;
    let closed = false;
    (async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { width: SIZE, height: SIZE } });
        if (closed) return stop(stream);
        video.current!.srcObject = stream;
        await video.current!.play();
        setState("ready");
      } catch {
        if (!closed) setState("refused");
      }
    })();
    return () => {
      closed = true;
      stop(stream);
    };
  }, []);
  return (
    <Dialog title="Take a picture" onClose={onClose}>
      <div class="pad">
        {state === "refused"
          ? <p role="alert">There is no camera, or access to it is blocked.</p>
          : <video ref={video} muted playsInline aria-label="What the camera sees" />}
        <div class="row">
          <button
            type="button"
            class="button primary"
            disabled={state !== "ready"}
            onClick={() => onDone(middleSquare(video.current!))}
          >
            Take it
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function stop(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

function middleSquare(video: HTMLVideoElement): HTMLCanvasElement {
  const side = Math.min(video.videoWidth, video.videoHeight);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const [left, top] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
  canvas.getContext("2d")!.drawImage(video, left, top, side, side, 0, 0, SIZE, SIZE);
  return canvas;
}
