/** What things stand on or before: grounds that are drawn, each with the words for it. */
import type { Draw } from "../scene/draw.ts";
import { css, mix, type Rgb } from "./colours.ts";

/** A ground. */
export interface Ground {
  /** What captions say of it, after the things; the first is the usual phrase. */
  readonly phrases: readonly string[];
  /** Its colours from the top to the bottom: what a painting of it is made of. */
  readonly ramp: readonly Rgb[];
  /** Where things stand, from the top; undefined where they float. */
  readonly floor?: number;
  /** Whether it is darker than most things. */
  readonly dark?: boolean;
  /** Whether it is drawn in black and white too. */
  readonly ink?: boolean;
  /** What is drawn over the ramp. */
  details(draw: Draw): string;
}

const rect = (y: number, height: number, fill: string) =>
  `<rect y="${y}" width="1" height="${height}" fill="${fill}"/>`;

const number = (value: number) => value.toFixed(3);

function dots(
  draw: Draw,
  count: number,
  fill: string,
  [least, most]: readonly [number, number],
  below = 1,
): string {
  return Array.from({ length: count }, () => {
    const [x, y, r] = [draw.between(0, 1), draw.between(0, below), draw.between(least, most)];
    return `<circle cx="${number(x)}" cy="${number(y)}" r="${number(r)}" fill="${fill}"/>`;
  }).join("");
}

function hill(draw: Draw, y: number, fill: string): string {
  const [left, right, middle] = [
    draw.between(-0.04, 0.04),
    draw.between(-0.04, 0.04),
    draw.between(-0.08, 0.02),
  ];
  return `<path d="M0 ${number(y + left)}Q0.5 ${number(y + middle)} 1 ${
    number(y + right)
  }V1H0Z" fill="${fill}"/>`;
}

function triangles(
  draw: Draw,
  { count, base, height, width, fill, cap }: {
    readonly count: number;
    readonly base: number;
    readonly height: number;
    readonly width: number;
    readonly fill: string;
    readonly cap?: string;
  },
): string {
  return Array.from({ length: count }, (_, i) => {
    const x = (i + 0.5) / count + draw.between(-0.06, 0.06);
    const tall = height * draw.between(0.75, 1.1);
    const peak = (share: number) =>
      `M${number(x)} ${number(base - tall)}L${number(x + width / 2 * share)} ${
        number(base - tall + tall * share)
      }` +
      `H${number(x - width / 2 * share)}Z`;
    return `<path d="${peak(1)}" fill="${fill}"/>` + (cap ? `<path d="${peak(0.3)}" fill="${cap}"/>` : "");
  }).join("");
}

function cloud(draw: Draw): string {
  const [x, y, r] = [draw.between(0.05, 0.95), draw.between(0.08, 0.9), draw.between(0.05, 0.09)];
  return [[-1.1, 0.2, 0.8], [0, -0.2, 1.1], [1.1, 0.2, 0.8]].map(([dx, dy, scale]) =>
    `<circle cx="${number(x + dx * r)}" cy="${number(y + dy * r)}" r="${number(r * scale)}" fill="white"/>`
  ).join("");
}

const sky: readonly Rgb[] = [[150, 206, 250], [222, 241, 255]];

/** The grounds, by what they are. */
export const grounds = {
  night: {
    phrases: ["at night", "in the night", "under the stars"],
    ramp: [[8, 12, 38], [28, 42, 96]],
    dark: true,
    ink: true,
    details: (draw) => {
      const stars = dots(draw, 16, "rgb(255,250,215)", [0.008, 0.018]);
      const x = draw.one([0.14, 0.86]);
      return stars +
        `<path d="M${x} 0.06a0.09 0.09 0 1 0 0.09 0.11a0.08 0.08 0 0 1 -0.09 -0.11z" fill="rgb(255,240,180)"/>`;
    },
  },
  space: {
    phrases: ["in space", "in outer space"],
    ramp: [[6, 4, 16], [16, 8, 34]],
    dark: true,
    ink: true,
    details: (draw) => {
      const [x, y, r] = [draw.one([0.12, 0.88]), draw.one([0.14, 0.86]), draw.between(0.09, 0.15)];
      const planet = draw.one(["rgb(206,110,70)", "rgb(110,150,210)", "rgb(196,170,120)"]);
      return dots(draw, 36, "white", [0.004, 0.011]) +
        `<circle cx="${x}" cy="${y}" r="${number(r)}" fill="${planet}"/>`;
    },
  },
  grass: {
    phrases: ["on the grass", "on grass", "in a meadow"],
    ramp: [...sky, [126, 196, 86], [74, 152, 58]],
    floor: 0.86,
    details: (draw) => rect(0, 1, "url(#sky)") + hill(draw, 0.66, "rgb(104,182,74)"),
  },
  snow: {
    phrases: ["in the snow", "in winter", "on the snow"],
    ramp: [[132, 160, 198], [186, 206, 230], [246, 250, 255], [228, 238, 250]],
    floor: 0.86,
    details: (draw) =>
      rect(0, 0.7, "rgb(150,176,212)") + hill(draw, 0.64, "rgb(244,248,255)") +
      dots(draw, 30, "white", [0.01, 0.02], 0.66),
  },
  desert: {
    phrases: ["in the desert", "on the sand"],
    ramp: [[140, 206, 240], [236, 226, 190], [236, 196, 116], [214, 164, 84]],
    floor: 0.86,
    details: (draw) =>
      rect(0, 0.7, "rgb(160,214,240)") + hill(draw, 0.6, "rgb(240,206,132)") +
      hill(draw, 0.74, "rgb(226,180,98)"),
  },
  beach: {
    phrases: ["by the sea", "on the beach"],
    ramp: [...sky, [52, 132, 200], [240, 218, 160]],
    floor: 0.9,
    details: (draw) =>
      rect(0, 1, "url(#sky)") + rect(0.5, 0.25, "rgb(48,128,200)") + hill(draw, 0.74, "rgb(242,220,162)"),
  },
  water: {
    phrases: ["under water", "in deep water"],
    ramp: [[90, 200, 226], [20, 86, 158], [8, 44, 104]],
    details: (draw) => dots(draw, 14, "rgba(255,255,255,0.55)", [0.012, 0.03]),
  },
  sunset: {
    phrases: ["at sunset", "in the evening"],
    ramp: [[92, 44, 110], [226, 92, 62], [255, 190, 90], [52, 30, 48]],
    floor: 0.88,
    details: (draw) =>
      `<circle cx="${number(draw.between(0.2, 0.8))}" cy="0.72" r="0.17" fill="rgb(255,236,140)"/>` +
      rect(0.76, 0.24, "rgb(52,30,48)"),
  },
  sky: {
    phrases: ["in the sky", "in the clouds"],
    ramp: [[74, 152, 232], [142, 204, 250]],
    details: (draw) => cloud(draw) + cloud(draw) + cloud(draw),
  },
  rain: {
    phrases: ["in the rain", "on a rainy day"],
    ramp: [[132, 144, 160], [176, 186, 198]],
    details: (draw) =>
      Array.from({ length: 26 }, () => {
        const [x, y] = [draw.between(0, 1.1), draw.between(-0.1, 1)];
        return `<path d="M${number(x)} ${
          number(y)
        }l-0.04 0.13" stroke="rgb(62,92,150)" stroke-width="0.014"/>`;
      }).join(""),
  },
  table: {
    phrases: ["on a table", "on a wooden table"],
    ramp: [[236, 226, 208], [228, 214, 190], [150, 98, 58], [112, 70, 40]],
    floor: 0.84,
    details: () =>
      rect(0, 0.68, "rgb(236,226,208)") + rect(0.68, 0.05, "rgb(176,120,74)") +
      rect(0.73, 0.27, "rgb(142,92,54)"),
  },
  woods: {
    phrases: ["in the woods", "among the trees"],
    ramp: [[196, 222, 214], [70, 120, 84], [38, 84, 56], [86, 116, 58]],
    floor: 0.88,
    details: (draw) =>
      rect(0, 1, "rgb(204,226,216)") +
      triangles(draw, { count: 6, base: 0.72, height: 0.6, width: 0.28, fill: "rgb(96,148,112)" }) +
      triangles(draw, { count: 5, base: 0.78, height: 0.52, width: 0.3, fill: "rgb(46,98,66)" }) +
      rect(0.76, 0.24, "rgb(96,126,64)"),
  },
  mountains: {
    phrases: ["in the mountains", "before high mountains"],
    ramp: [...sky, [120, 130, 152], [112, 150, 92]],
    floor: 0.88,
    details: (draw) =>
      rect(0, 1, "url(#sky)") +
      triangles(draw, {
        count: 3,
        base: 0.78,
        height: 0.6,
        width: 0.66,
        fill: "rgb(118,128,152)",
        cap: "white",
      }) +
      rect(0.76, 0.24, "rgb(116,154,96)"),
  },
  city: {
    phrases: ["in the city", "in a street"],
    ramp: [[190, 214, 236], [150, 160, 178], [96, 104, 122], [84, 84, 90]],
    floor: 0.9,
    details: (draw) =>
      rect(0, 1, "rgb(200,220,238)") + Array.from({ length: 6 }, (_, i) => {
        const top = draw.between(0.12, 0.5);
        const fill = draw.one([
          "rgb(120,130,150)",
          "rgb(150,140,140)",
          "rgb(98,110,134)",
          "rgb(170,150,130)",
        ]);
        const windows = [0.05, 0.15, 0.25].map((dy) =>
          `<path d="M${number(i / 6 + 0.03)} ${
            number(top + dy)
          }h0.1" stroke="rgb(248,232,170)" stroke-width="0.035" ` +
          `stroke-dasharray="0.03 0.035"/>`
        );
        return `<rect x="${number(i / 6)}" y="${number(top)}" width="0.158" height="0.8" fill="${fill}"/>${
          windows.join("")
        }`;
      }).join("") + rect(0.8, 0.2, "rgb(84,84,90)"),
  },
} as const satisfies Readonly<Record<string, Ground>>;

/** What a ground is called here. */
export type GroundId = keyof typeof grounds;

/** All grounds. */
export const groundIds = Object.keys(grounds) as GroundId[];

/** The colour of a ramp at a height, from 0 for the top to 1. */
export function rampColour(ramp: readonly Rgb[], height: number): Rgb {
  const at = Math.min(0.999, Math.max(0, height)) * (ramp.length - 1);
  return ramp.length === 1 ? ramp[0] : mix(ramp[Math.floor(at)], ramp[Math.floor(at) + 1], at % 1);
}

/** A ramp as a gradient that fills the square. */
function gradient(id: string, ramp: readonly Rgb[]): string {
  const stops = ramp.map((rgb, i) =>
    `<stop offset="${i / Math.max(1, ramp.length - 1)}" stop-color="${css(rgb)}"/>`
  );
  return `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${stops.join("")}</linearGradient>`;
}

/** A ground as it is drawn. */
export function drawnGround(id: GroundId, draw: Draw): string {
  const { ramp, details }: Ground = grounds[id];
  return gradient("ramp", ramp) + gradient("sky", sky) + rect(0, 1, "url(#ramp)") + details(draw);
}

/** A ground in black and white, for styles that have one ink. */
export function inkGround(id: GroundId, draw: Draw): string {
  const { dark = false, details }: Ground = grounds[id];
  const plain = rect(0, 1, dark ? "black" : "white");
  const filter = '<filter id="ink" color-interpolation-filters="sRGB" x="0" y="0" width="1" height="1">' +
    '<feColorMatrix type="saturate" values="0"/></filter>';
  return `${plain}${filter}<g filter="url(#ink)">${details(draw)}</g>`;
}

/** A ground of brush strokes in the colours of a ramp. */
export function paintedGround(ramp: readonly Rgb[], draw: Draw): string {
  const slant = draw.between(-0.6, 0.6);
  const strokes = Array.from({ length: 80 }, () => {
    const [x, y] = [draw.between(-0.1, 1.1), draw.between(-0.05, 1.05)];
    const [angle, length, width] = [
      slant + draw.between(-0.5, 0.5),
      draw.between(0.1, 0.28),
      draw.between(0.035, 0.08),
    ];
    const shade = draw.between(-0.2, 0.2);
    const colour = mix(rampColour(ramp, y), shade < 0 ? [0, 0, 0] : [255, 255, 255], Math.abs(shade));
    const [dx, dy] = [Math.cos(angle) * length / 2, Math.sin(angle) * length / 2];
    return `<path d="M${number(x - dx)} ${number(y - dy)}Q${number(x + dy / 4)} ${number(y - dx / 4)} ${
      number(x + dx)
    } ` +
      `${number(y + dy)}" stroke="${css(colour)}" stroke-width="${number(width)}"/>`;
  });
  return gradient("ramp", ramp) + rect(0, 1, "url(#ramp)") +
    `<g fill="none" stroke-linecap="round">${strokes.join("")}</g>`;
}

/** A ground of light and shade, as before a photographer's paper. */
export function backdrop(colour: Rgb, draw: Draw): string {
  const [light, dark] = [mix(colour, [255, 255, 255], 0.45), mix(colour, [0, 0, 0], 0.5)];
  const [x, y] = [draw.between(0.3, 0.7), draw.between(0.25, 0.5)];
  return `<radialGradient id="light" cx="${number(x)}" cy="${number(y)}" r="0.85"><stop offset="0" ` +
    `stop-color="${css(light)}"/><stop offset="0.55" stop-color="${css(colour)}"/><stop offset="1" ` +
    `stop-color="${css(dark)}"/></radialGradient>${rect(0, 1, "url(#light)")}`;
}
