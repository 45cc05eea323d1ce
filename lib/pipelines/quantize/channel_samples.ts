import type { Tensor } from "../../tensor.ts";

/** Samples of a layer's activations by channel: a few pixels of each image of each step. */
export class ChannelSamples {
  #parts: Tensor[] = [];

  /** Adds pixels of images, `[N, C, P]`. */
  add(part: Tensor): void {
    this.#parts.push(part);
  }

  /** How many channels there are; 0 before there are any samples. */
  get channels(): number {
    return this.#parts[0]?.shape[1] ?? 0;
  }

  /** All samples of a channel. */
  channel(c: number): Float32Array {
    const values = new Float32Array(
      this.#parts.reduce((sum, { shape: [images, , pixels] }) => sum + images * pixels, 0),
    );
    let at = 0;
    for (const { data, shape: [images, channels, pixels] } of this.#parts) {
      for (let n = 0; n < images; n++, at += pixels) {
        const start = (n * channels + c) * pixels;
        values.set(data.subarray(start, start + pixels), at);
      }
    }
    return values;
  }
}
