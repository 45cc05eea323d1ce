/** What draws SVG: native code with settings of its own, loaded when the first image is drawn and by no task that draws none. */
import type Sharp from "sharp";

let loading: Promise<typeof Sharp> | undefined;

/** The module sharp, once. */
export function loadSharp(): Promise<typeof Sharp> {
  return loading ??= import("sharp").then(({ default: sharp }) => {
    // One thread for each image: several are drawn side by side, beside a network that trains.
    sharp.concurrency(1);
    return sharp;
  });
}
