/** Pictures put together from icons, as one SVG document: sharp at any size, turned and recoloured without resampling. */

/** An icon: the inside of an SVG document, and the box that it is drawn in. */
export interface IconDrawing {
  /** SVG elements. */
  readonly body: string;
  /** The box: left, top, width, height. */
  readonly box: readonly [left: number, top: number, width: number, height: number];
}

/** An icon's place in the unit square, and how it is changed. */
export interface ScenePart {
  /** The icon. */
  readonly icon: IconDrawing;
  /** The middle, in shares of the square's side. */
  readonly x: number;
  /** See `x`. */
  readonly y: number;
  /** The longer side of the icon's box, in shares of the square's side. */
  readonly size: number;
  /** Degrees, clockwise; defaults to 0. */
  readonly turn?: number;
  /** Whether left and right are exchanged. */
  readonly mirrored?: boolean;
  /** Degrees on the colour circle by which every colour is turned; defaults to 0. */
  readonly hue?: number;
  /** How saturated colours stay, 0 for gray; defaults to 1. */
  readonly saturation?: number;
  /** What `currentColor` means, which monochrome icons are drawn in; defaults to black. */
  readonly ink?: string;
}

/** A picture: a ground, and icons upon it from the back to the front. */
export interface Scene {
  /** SVG elements that fill the square from (0, 0) to (1, 1); defaults to white. */
  readonly ground?: string;
  /** The icons. */
  readonly parts: readonly ScenePart[];
}

/**
 * A scene as an SVG document.
 *
 * @param size Height and width of the document in pixels.
 */
export function sceneSvg({ ground = "", parts }: Scene, size: number): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${size}" ` +
    `height="${size}" viewBox="0 0 1 1"><rect width="1" height="1" fill="white"/>${ground}` +
    parts.map(partSvg).join("") + "</svg>";
}

function partSvg(part: ScenePart, index: number): string {
  const { icon, x, y, size, turn = 0, mirrored = false, ink = "black" } = part;
  const [left, top, width, height] = icon.box;
  const scale = size / Math.max(width, height);
  const transform = `translate(${x} ${y}) rotate(${turn}) scale(${mirrored ? -scale : scale} ${scale}) ` +
    `translate(${-left - width / 2} ${-top - height / 2})`;
  const filter = recolour(part, `r${index}`);
  const name = filter && ` filter="url(#r${index})"`;
  return `${filter}<g color="${ink}" fill="black" transform="${transform}"${name}>` +
    `${ownIds(icon.body, `p${index}-`)}</g>`;
}

/** The filter that turns a part's colours; empty where they stay. */
function recolour({ hue = 0, saturation = 1 }: ScenePart, id: string): string {
  if (hue === 0 && saturation === 1) return "";
  return `<filter id="${id}" color-interpolation-filters="sRGB"><feColorMatrix type="hueRotate" values="${hue}"/>` +
    `<feColorMatrix type="saturate" values="${saturation}"/></filter>`;
}

/** The elements of an icon with a prefix before each id, so that two icons of one document keep their own gradients. */
export function ownIds(body: string, prefix: string): string {
  return body
    .replace(/\bid="/g, `id="${prefix}`)
    .replace(/url\((['"]?)#/g, `url($1#${prefix}`)
    .replace(/\b((?:xlink:)?href)="#/g, `$1="#${prefix}`);
}
