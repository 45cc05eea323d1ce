import { DamagedImageError, type ImageCodecs } from "../machine.ts";

/** The browser's decoders; for GIF, which browsers do not write, the library gifenc. */
export const images: ImageCodecs = {
  async decode(bytes) {
    let bitmap: ImageBitmap;
    try {
      // As it is stored: neither turned, nor fitted to a screen's colours.
      bitmap = await createImageBitmap(new Blob([Uint8Array.from(bytes)]), {
        imageOrientation: "none",
        premultiplyAlpha: "none",
        colorSpaceConversion: "none",
      });
    } catch (cause) {
      throw new DamagedImageError("bytes: damaged", { cause });
    }
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    return { width, height, data: new Uint8Array(context.getImageData(0, 0, width, height).data.buffer) };
  },
  async encodeGif(frames) {
    const module = await import("gifenc");
    // A bundler takes the package as a module or as a script, whose names are all in its default.
    const { GIFEncoder, quantize, applyPalette } = "quantize" in module ? module : module.default;
    const gif = GIFEncoder();
    for (const { width, height, data, delay } of frames) {
      const palette = quantize(data, 256);
      gif.writeFrame(applyPalette(data, palette), width, height, { palette, delay, repeat: 0 });
    }
    gif.finish();
    return gif.bytes();
  },
};
