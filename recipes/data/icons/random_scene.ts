/** Scenes without a meaning: icons of any kind, size, turn and colour on grounds of any colour, so that there is no end of them. */
import type { Generator } from "../../../lib/random.ts";
import { Draw } from "../scene/draw.ts";
import type { IconDrawing, Scene, ScenePart } from "../scene/scene.ts";

/** How often the ground is white, as that of most pictures that are enlarged; then of one colour, of two, or of strokes. */
const grounds = { white: 0.55, plain: 0.15, gradient: 0.15, strokes: 0.15 } as const;

/** How often a scene has one whole icon; then a few smaller ones, or a part of a large one. */
const sizes = { whole: 0.6, several: 0.25, large: 0.15 } as const;

/** How often an icon is turned by any angle, and its colours by any hue; how often it keeps less or more of its saturation. */
const TURNED = 0.4;
const RECOLOURED = 0.3;

/** A colour of any hue, `hsl(...)`. */
function colourOf(draw: Draw, lightness: readonly [number, number] = [10, 95]): string {
  const [hue, saturation, light] = [draw.between(0, 360), draw.between(10, 100), draw.between(...lightness)];
  return `hsl(${hue.toFixed(0)},${saturation.toFixed(0)}%,${light.toFixed(0)}%)`;
}

/**
 * Draws a scene.
 *
 * @param main The icon that must be in it.
 * @param other Draws another icon.
 * @param generator Where every choice comes from.
 */
export function randomScene(main: IconDrawing, other: () => IconDrawing, generator: Generator): Scene {
  const draw = new Draw(generator);
  const ground = drawGround(draw);
  switch (draw.choice(sizes)) {
    case "whole":
      return { ground, parts: [place(main, draw, [0.7, 1], 0.06)] };
    case "several": {
      const icons = [main, ...Array.from({ length: 1 + generator.randomInt(3) }, other)];
      return { ground, parts: icons.map((icon) => place(icon, draw, [0.25, 0.7], 0.35)) };
    }
    case "large":
      return { ground, parts: [place(main, draw, [1.2, 2.4], 0.5)] };
  }
}

function place(
  icon: IconDrawing,
  draw: Draw,
  [smallest, largest]: readonly [number, number],
  away: number,
): ScenePart {
  return {
    icon,
    x: 0.5 + draw.between(-away, away),
    y: 0.5 + draw.between(-away, away),
    size: draw.between(smallest, largest),
    turn: draw.chance(TURNED) ? draw.between(0, 360) : draw.between(-4, 4),
    mirrored: draw.chance(0.5),
    ...(draw.chance(RECOLOURED) && { hue: draw.between(0, 360), saturation: draw.between(0.4, 1.3) }),
    ink: draw.chance(0.5) ? "black" : colourOf(draw, [5, 60]),
  };
}

function drawGround(draw: Draw): string {
  const fill = (paint: string) => `<rect width="1" height="1" fill="${paint}"/>`;
  switch (draw.choice(grounds)) {
    case "white":
      return "";
    case "plain":
      return fill(colourOf(draw));
    case "gradient": {
      const angle = draw.between(0, 360).toFixed(0);
      return `<linearGradient id="ground" gradientTransform="rotate(${angle} .5 .5)">` +
        `<stop stop-color="${colourOf(draw)}"/><stop offset="1" stop-color="${
          colourOf(draw)
        }"/></linearGradient>` +
        fill("url(#ground)");
    }
    case "strokes":
      return fill(colourOf(draw)) + strokes(draw);
  }
}

/** Brush strokes of neighbouring hues. */
function strokes(draw: Draw): string {
  const [hue, light] = [draw.between(0, 360), draw.between(25, 85)];
  const count = 20 + draw.generator.randomInt(40);
  return Array.from({ length: count }, () => {
    const [x, y, length, angle] = [
      draw.between(0, 1),
      draw.between(0, 1),
      draw.between(0.05, 0.5),
      draw.between(0, 2 * Math.PI),
    ];
    const [dx, dy] = [length * Math.cos(angle), length * Math.sin(angle)];
    const [bendX, bendY] = [dx / 2 + draw.between(-0.1, 0.1), dy / 2 + draw.between(-0.1, 0.1)];
    const n = (value: number) => value.toFixed(3);
    const colour = `hsl(${n(hue + draw.between(-30, 30))},${n(draw.between(20, 90))}%,${
      n(light + draw.between(-15, 15))
    }%)`;
    return `<path d="M${n(x)} ${n(y)}q${n(bendX)} ${n(bendY)} ${n(dx)} ${
      n(dy)
    }" fill="none" stroke="${colour}" ` +
      `stroke-width="${n(draw.between(0.01, 0.08))}" stroke-linecap="round"/>`;
  }).join("");
}
