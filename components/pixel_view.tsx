/** A small picture computed in the page. */
import { useEffect, useRef } from "preact/hooks";
import type { Tensor } from "../lib/tensor.ts";

interface PixelViewProps {
  /** `[3, H, W]` or `[1, 3, H, W]`; values are clamped to [-1, 1]. Nothing is shown until it is set. */
  readonly pixels: Tensor | undefined;
  readonly alt: string;
}

/** Shows it, pixel by pixel. */
export function PixelView({ pixels, alt }: PixelViewProps) {
  const [height, width] = pixels?.shape.slice(-2) ?? [1, 1];
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!pixels) return;
    const { data } = pixels;
    const plane = width * height;
    const bytes = new ImageData(width, height);
    for (let i = 0; i < plane; i++) {
      // A clamped byte array limits them to 0..255 by itself.
      for (let c = 0; c < 3; c++) bytes.data[4 * i + c] = 127.5 * (data[c * plane + i] + 1);
      bytes.data[4 * i + 3] = 255;
    }
    canvas.current!.getContext("2d")!.putImageData(bytes, 0, 0);
  }, [pixels]);
  return (
    <canvas
      ref={canvas}
      class="part pixels"
      width={width}
      height={height}
      role="img"
      aria-label={alt}
    />
  );
}
