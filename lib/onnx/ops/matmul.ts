import type { Dim, Shape, Value } from "../graph.ts";
import { broadcastShapes, checkDtype, checkOptions, checkRank, checkShape } from "../shapes.ts";
import { add } from "./elementwise.ts";
import { sumTo } from "./reduce.ts";
import { reshape, transpose } from "./shape.ts";
import type { OptionNames } from "../../options.ts";

/** How a matrix product treats its operands. */
export interface MatmulOptions {
  /** Whether the last two axes of `a` are swapped first. */
  readonly transposeA?: boolean;
  /** Whether the last two axes of `b` are swapped first. */
  readonly transposeB?: boolean;
  /** What the product is multiplied by; defaults to 1. */
  readonly scale?: number;
}

const matmulOptionNames: OptionNames<MatmulOptions> = {
  transposeA: true,
  transposeB: true,
  scale: true,
};

/**
 * The matrix product over the last two axes; those before broadcast. Transposing and scaling cost nothing: the runtime's
 * kernel reads the operands as they lie.
 *
 * @throws {GraphError} if the shapes do not fit.
 */
export function matmul(a: Value, b: Value, options: MatmulOptions = {}): Value {
  checkOptions(a, options, matmulOptionNames, "MatMul");
  const { transposeA = false, transposeB = false, scale = 1 } = options;
  if (a.rank < 2 || b.rank < 2) {
    a.graph.fail("MatMul", `shapes [${a.shape}] and [${b.shape}] where two axes are expected`);
  }
  checkDtype(b, a, "MatMul", "b");
  const [m, ka] = matrix(a, transposeA);
  const [kb, n] = matrix(b, transposeB);
  if (ka !== kb) {
    const t = (flag: boolean) => flag ? " transposed" : "";
    a.graph.fail(
      "MatMul",
      `shapes [${a.shape}]${t(transposeA)} and [${b.shape}]${t(transposeB)} do not multiply`,
    );
  }
  const batch = broadcastShapes(leading(a), leading(b), "MatMul");
  const plain = !transposeA && !transposeB && scale === 1;
  return a.graph.node({
    op: plain ? "MatMul" : "FusedMatMul",
    domain: plain ? "" : "com.microsoft",
    inputs: [a, b],
    attributes: plain ? {} : {
      transA: { int: transposeA ? 1 : 0 },
      transB: { int: transposeB ? 1 : 0 },
      alpha: { float: scale },
    },
    outputs: [{ dtype: a.dtype, shape: [...batch, m, n] }],
    gradient: ([dy], _outputs, wanted) => {
      if (!dy) return [];
      return [
        wanted[0] ? gradientA(dy, a, b, transposeA, transposeB, scale) : undefined,
        wanted[1] ? gradientB(dy, a, b, transposeA, transposeB, scale) : undefined,
      ];
    },
  })[0];
}

function gradientA(
  dy: Value,
  a: Value,
  b: Value,
  transposeA: boolean,
  transposeB: boolean,
  scale: number,
): Value {
  // One weight matrix for a batch of columns: side by side, so that the sum over the batch is part of the product.
  if (a.rank === 2 && b.rank === 3 && !transposeA && !transposeB) {
    const sideBySide = (x: Value) => reshape(transpose(x, [1, 0, 2]), [x.shape[1], -1]);
    return matmul(sideBySide(dy), sideBySide(b), { transposeB: true, scale });
  }
  const da = transposeA
    ? matmul(b, dy, { transposeA: transposeB, transposeB: true, scale })
    : matmul(dy, b, { transposeB: !transposeB, scale });
  return sumTo(da, a.shape);
}

function gradientB(
  dy: Value,
  a: Value,
  b: Value,
  transposeA: boolean,
  transposeB: boolean,
  scale: number,
): Value {
  // One weight matrix for a batch of rows: the batch joins the rows, and the sum over it is part of the product.
  const flat = b.rank === 2 && a.rank > 2 && !transposeA;
  const x = flat ? reshape(a, [-1, a.shape[a.rank - 1]]) : a;
  const g = flat ? reshape(dy, [-1, dy.shape[dy.rank - 1]]) : dy;
  const db = transposeB
    ? matmul(g, x, { transposeA: true, transposeB: transposeA, scale })
    : matmul(x, g, { transposeA: !transposeA, scale });
  return sumTo(db, b.shape);
}

function matrix(x: Value, transposed: boolean): [Dim, Dim] {
  const [rows, columns] = x.shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}

function leading(x: Value): Value {
  const shape: Shape = x.shape.slice(0, -2);
  return { graph: x.graph, shape, rank: shape.length } as Value;
}

/**
 * The linear layer x Wᵀ + b.
 *
 * @param x `[..., in]`
 * @param weight `[out, in]`
 * @param bias `[out]`
 * @returns `[..., out]`
 * @throws {GraphError} if the shapes do not fit.
 */
export function linear(x: Value, weight: Value, bias?: Value): Value {
  checkRank(weight, 2, "Gemm", "weight");
  if (x.rank < 1 || x.shape[x.rank - 1] !== weight.shape[1]) {
    x.graph.fail(
      "Gemm",
      `weight: shape [${weight.shape}] where [out, ${x.shape[x.rank - 1]}] is expected, for x [${x.shape}]`,
    );
  }
  checkDtype(weight, x, "Gemm", "weight");
  if (bias) {
    checkShape(bias, [weight.shape[0]], "Gemm", "bias");
    checkDtype(bias, x, "Gemm", "bias");
  }
  if (x.rank !== 2) {
    const product = matmul(x, weight, { transposeB: true });
    return bias ? add(product, bias) : product;
  }
  return x.graph.node({
    op: "Gemm",
    inputs: bias ? [x, weight, bias] : [x, weight],
    attributes: { transB: { int: 1 } },
    outputs: [{ dtype: x.dtype, shape: [x.shape[0], weight.shape[0]] }],
    gradient: ([dy], _outputs, wanted) =>
      dy
        ? [
          wanted[0] ? matmul(dy, weight) : undefined,
          wanted[1] ? matmul(dy, x, { transposeA: true }) : undefined,
          wanted[2] && bias ? sumTo(dy, bias.shape) : undefined,
        ]
        : [],
  })[0];
}
