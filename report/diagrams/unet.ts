import type { Graph } from "../../lib/onnx/mod.ts";
import type { Media } from "../section.ts";
import { type NetworkBlock, networkBlocks, shapeText } from "./blocks.ts";
import { arrowSvg, boxSvg, diagram, groundOf } from "./svg.ts";

const [BOX, JOINT, HEIGHT, GAP, RISE, TOP, LEFT] = [92, 76, 56, 15, 92, 54, 40];

/** Where a block lies. */
interface Place {
  readonly block: NetworkBlock;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/**
 * A UNet as its graph has it: blocks from left to right in the order of computation, at a height that says how large its pictures
 * are; skip connections above them, what is made of the time and the class below.
 */
export function unetDiagram(graph: Graph): Media {
  const blocks = networkBlocks(graph);
  const inputs = graph.inputs.map(({ name }) => name).filter((name) => !name.includes("."));
  const isCondition = ({ inputs: from, shape }: NetworkBlock) =>
    from.every((name) => inputs.includes(name) && name !== "x") && shape[1] === 1;
  const path = blocks.filter((block) => !isCondition(block));
  const conditions = blocks.filter(isCondition);
  const sizes = [...new Set(path.map(({ shape }) => shape[1]))].sort((a, b) => b - a);

  const places = new Map<string, Place>();
  let x = LEFT;
  for (const [i, block] of path.entries()) {
    const width = isJoint(block) ? JOINT : BOX;
    places.set(block.id, { block, x, width, y: TOP + sizes.indexOf(block.shape[1]) * RISE });
    // On another level there is room under and above a block.
    const stays = path[i + 1]?.shape[1] === block.shape[1];
    x += (stays ? width : width / 2) + GAP;
  }
  const bottom = TOP + sizes.length * RISE;
  for (const block of conditions) {
    const user = path.find(({ inputs }) => inputs.includes(block.id))!;
    const { x: left, width } = places.get(user.id)!;
    places.set(block.id, { block, x: left + width / 2 - 40, width: 80, y: bottom });
  }

  const parts: string[] = [];
  for (const { block, x, y, width } of places.values()) {
    for (const [i, name] of block.inputs.entries()) {
      const from = places.get(name);
      if (from) parts.push(edge(from, { block, x, y, width }, i > 0 && !conditions.includes(from.block)));
      else if (name === "x") {
        parts.push(
          arrowSvg([[12, y + HEIGHT / 2], [x - 1, y + HEIGHT / 2]]),
          label(24, y + HEIGHT / 2 - 8, "x"),
        );
      } else {parts.push(
          arrowSvg([[x + width / 2, y + HEIGHT + 24], [x + width / 2, y + HEIGHT + 1]]),
          label(x + width / 2, y + HEIGHT + 38, inputName(name)),
        );}
    }
  }
  for (const { block, x, y, width } of places.values()) {
    const { title, shape } = block;
    const name = title.replace("3×3 convolution", "3×3 conv");
    parts.push(
      boxSvg({ x, y, width, height: HEIGHT, title: name, lines: [shapeText(shape)], fill: groundOf(title) }),
    );
  }
  const last = places.get(path.at(-1)!.id)!;
  const right = last.x + last.width;
  parts.push(arrowSvg([[right, last.y + HEIGHT / 2], [right + 34, last.y + HEIGHT / 2]]));
  return diagram(right + 46, bottom + (conditions.length ? HEIGHT + 56 : -RISE + HEIGHT + 20), parts);
}

function isJoint({ title }: NetworkBlock): boolean {
  return ["concat", "+", "×"].includes(title);
}

function inputName(name: string): string {
  return { time: "time t/T", label: "class, one-hot" }[name] ?? name;
}

function label(x: number, y: number, text: string): string {
  return `<text x="${x}" y="${y}" text-anchor="middle" font-size="11" fill="#475569">${text}</text>`;
}

/** Whether a block ends before the middle of another one: whether a line can go right, then up. */
function fits(from: Place, to: Place): boolean {
  return from.x + from.width < to.x + to.width / 2;
}

/** From one block to another: to its neighbour, over the blocks between, or up from a condition. */
function edge(from: Place, to: Place, skips: boolean): string {
  const [middle, goal] = [from.y + HEIGHT / 2, to.y + HEIGHT / 2];
  if (skips) {
    const above = from.y - 16;
    const [start, end] = [from.x + from.width / 2, to.x + to.width / 2];
    return arrowSvg([[start, from.y], [start, above], [end, above], [end, to.y - 1]], true);
  }
  if (from.y > to.y && !fits(from, to)) {
    const up = to.x + to.width / 2;
    return arrowSvg([[up, from.y], [up, to.y + HEIGHT + 1]]);
  }
  if (middle === goal) return arrowSvg([[from.x + from.width, middle], [to.x - 1, goal]]);
  if (from.y < to.y) {
    const down = from.x + from.width * 0.3;
    return arrowSvg([[down, from.y + HEIGHT], [down, goal], [to.x - 1, goal]]);
  }
  const up = to.x + to.width / 2;
  return arrowSvg([[from.x + from.width, middle], [up, middle], [up, to.y + HEIGHT + 1]]);
}
