/** Loads sharp, which renders SVG, on first use: tasks that render nothing do not load its native code. */
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
