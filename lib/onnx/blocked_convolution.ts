/**
 * Convolutions in the layout that the CPU's kernels are fastest in: channels in blocks as wide as its registers
 * (Georganas et al. 2018, section II.B). The runtime lays constant weights out like that by itself; those that are computed,
 * as in training, it leaves as they are, and multiplies slower.
 */
import type { DType } from "./dtype.ts";
import type { NodeProto, TensorProto } from "./proto.ts";

/** Where the runtime keeps its blocked operators. */
export const BLOCKED_DOMAIN = "com.microsoft.nchwc";

/** What must be known of a value. */
interface BlockValue {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly (number | string)[];
  readonly staticShape: readonly number[];
}

/** What must be known of a node. */
interface BlockNode {
  readonly name: string;
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly (BlockValue | undefined)[];
  readonly attributes?: NodeProto["attributes"];
}

/** What takes the place of a graph's convolutions. */
export interface BlockedNodes {
  /** The nodes, in an order in which they can be computed. */
  readonly nodes: readonly NodeProto[];
  /** The shapes that their reshapes take. */
  readonly initializers: readonly TensorProto[];
}

/**
 * Replaces convolutions whose weights are computed and whose channels fill blocks: the image and the weights are laid out in
 * blocks, and the result laid out as before.
 *
 * @param nodes The nodes, in an order in which they can be computed.
 * @param block Channels in a block, as {@linkcode convolutionBlock} says.
 * @param isConstant Whether a value of that name is a constant.
 * @param toProto How other nodes are written.
 */
export function blockConvolutions<Node extends BlockNode>(
  nodes: readonly Node[],
  block: number,
  isConstant: (name: string) => boolean,
  toProto: (node: Node) => NodeProto,
): BlockedNodes {
  const out: NodeProto[] = [];
  const shapes = new Map<string, TensorProto>();
  const pictures = new Map<string, string>();
  const append = (
    name: string,
    op: string,
    inputs: readonly string[],
    attributes: NodeProto["attributes"] = {},
    domain = "",
  ): string => {
    out.push({ name, op, domain, inputs, outputs: [name], attributes });
    return name;
  };
  const reshape = (name: string, input: string, dims: readonly number[]): string => {
    const shape = `shape [${dims}]`;
    const data = new Uint8Array(BigInt64Array.from(dims, BigInt).buffer);
    shapes.set(shape, { name: shape, dtype: "int64", shape: [dims.length], data });
    return append(name, "Reshape", [input, shape]);
  };
  /** `[O, C, kH, kW]` as [O / block, C / block, kH, kW, C in block, O in block]: two transpositions of one axis each. */
  const weights = (name: string, weight: BlockValue): string => {
    const [o, c, kh, kw] = weight.staticShape;
    const kernels = reshape(`${name}/kernels`, weight.name, [o * c / block, block, kh * kw]);
    const inputsLast = append(`${name}/inputs last`, "Transpose", [kernels], { perm: { ints: [0, 2, 1] } });
    const rows = reshape(`${name}/rows`, inputsLast, [o / block, block, c * kh * kw]);
    const outputsLast = append(`${name}/outputs last`, "Transpose", [rows], { perm: { ints: [0, 2, 1] } });
    return reshape(`${name}/blocks`, outputsLast, [o, c, kh, kw]);
  };
  const picture = (x: BlockValue): string => {
    let blocked = pictures.get(x.name);
    if (blocked === undefined) {
      blocked = append(`${x.name}/blocked`, "ReorderInput", [x.name], {}, BLOCKED_DOMAIN);
      pictures.set(x.name, blocked);
    }
    return blocked;
  };
  for (const node of nodes) {
    const [x, weight, bias] = node.inputs;
    if (!fits(node, block) || isConstant(weight!.name)) {
      out.push(toProto(node));
      continue;
    }
    const inputs = [picture(x!), weights(`${node.name}/weights`, weight!), ...(bias ? [bias.name] : [])];
    const y = append(`${node.name}/blocked result`, "Conv", inputs, node.attributes, BLOCKED_DOMAIN);
    const channels = { channels: { int: weight!.staticShape[0] } };
    out.push({
      ...toProto(node),
      op: "ReorderOutput",
      domain: BLOCKED_DOMAIN,
      inputs: [y],
      attributes: channels,
    });
  }
  return { nodes: out, initializers: [...shapes.values()] };
}

/**
 * Whether a node is a convolution of images in one group, of whole blocks to whole blocks, and more than a product at each pixel, which is not worth the
 * change of layout.
 */
function fits({ op, domain = "", inputs: [x, weight], attributes }: BlockNode, block: number): boolean {
  if (op !== "Conv" || domain !== "" || !weight || weight.dtype !== "float32") return false;
  if (![...x!.shape, ...weight.shape].every((dim) => typeof dim === "number")) return false;
  if (weight.shape.length !== 4 || attributes?.group) return false;
  const [o, c, kh, kw] = weight.staticShape;
  return o % block === 0 && c % block === 0 && kh * kw > 1;
}
