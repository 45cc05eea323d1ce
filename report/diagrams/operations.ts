import type { Graph } from "../../lib/onnx/mod.ts";
import type { Media } from "../section.ts";
import { vocabulary } from "./blocks.ts";
import { arrowSvg, boxSvg, colours, diagram, groundOf } from "./svg.ts";

const [HEIGHT, GAP, LEFT, TOP] = [34, 14, 130, 16];

/** The layers and blocks of networks, a row each: the name, and what it is made of. */
export function operationsDiagram(graphs: readonly Graph[]): Media {
  const parts: string[] = [];
  let widest = 0;
  const rows = vocabulary(graphs);
  rows.forEach(({ title, parts: steps }, row) => {
    const y = TOP + row * (HEIGHT + GAP);
    parts.push(boxSvg({ x: 12, y, width: LEFT - 36, height: HEIGHT, title, fill: groundOf(title) }));
    let x = LEFT + 8;
    for (const step of steps) {
      const width = 30 + 7.4 * step.length;
      if (x > LEFT + 8) parts.push(arrowSvg([[x - 22, y + HEIGHT / 2], [x - 1, y + HEIGHT / 2]]));
      const isLayer = rows.some((other) => other.title === step);
      parts.push(
        boxSvg({ x, y, width, height: HEIGHT, title: step, fill: isLayer ? groundOf(step) : colours.plain }),
      );
      x += width + 22;
    }
    parts.push(
      `<text x="${LEFT - 12}" y="${y + HEIGHT / 2 + 5}" text-anchor="middle" font-size="15">=</text>`,
    );
    widest = Math.max(widest, x - 10);
  });
  return diagram(Math.ceil(widest), TOP * 2 + rows.length * (HEIGHT + GAP) - GAP, parts);
}
