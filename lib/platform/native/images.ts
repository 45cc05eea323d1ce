import { DamagedImageError, type ImageCodecs } from "../machine.ts";

/** The codecs of imagescript, which is loaded once it is needed. */
export const images: ImageCodecs = {
  async decode(bytes) {
    const { decode } = await import("imagescript");
    try {
      const decoded = await decode(bytes, true);
      const image = Array.isArray(decoded) ? decoded[0] : decoded;
      if (!image) throw new Error("no frame");
      return { width: image.width, height: image.height, data: new Uint8Array(image.bitmap.buffer) };
    } catch (cause) {
      if (cause instanceof Deno.errors.NotCapable) throw cause;
      throw new DamagedImageError("bytes: damaged", { cause });
    }
  },
  async encodeGif(frames) {
    const { Frame, GIF } = await import("imagescript");
    const list = frames.map(({ width, height, data, delay }) => {
      const frame = new Frame(width, height, delay);
      frame.bitmap.set(data);
      return frame;
    });
    return await new GIF(list).encode();
  },
};
