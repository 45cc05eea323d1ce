import { sizeOf } from "../../tensor.ts";
import type { Value } from "../graph.ts";
import { gather } from "./gather.ts";
import { reshape } from "./shape.ts";

/**
 * Some images of `[N, C, ...]` as `[C, n, ...]`: picked plane by plane, which is a slice and a transposition in one.
 *
 * @param start The first image.
 * @param end One past the last image.
 */
export function channelsFirst(x: Value, start: number, end: number): Value {
  const [n, c, ...sizes] = x.staticShape;
  const count = end - start;
  const planes = Array.from({ length: c * count }, (_, i) => (start + i % count) * c + Math.floor(i / count));
  const picked = gather(reshape(x, [n * c, sizeOf(sizes)]), x.graph.constant(planes, "int64"));
  return reshape(picked, [c, count, ...sizes]);
}
