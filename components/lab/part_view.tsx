/** A part of a picture, scaled to its container. */
import type { Part } from "./pictures.ts";

/** Larger pictures are smoothed when they are enlarged; the pixels of smaller ones can be seen. */
const SMALL = 100;

/** Shows a part; without alternative text it is decorative. */
export function PartView({ part, alt }: { readonly part: Part; readonly alt?: string }) {
  const { picture, x, y, width, height } = part;
  return (
    <svg
      class={`part ${Math.min(width, height) < SMALL ? "pixels" : ""}`}
      viewBox={`${x} ${y} ${width} ${height}`}
      style={`--ratio: ${width / height}`}
      {...(alt ? { role: "img", "aria-label": alt } : { "aria-hidden": "true" })}
    >
      <image href={picture.src} width={picture.width} height={picture.height} />
    </svg>
  );
}
