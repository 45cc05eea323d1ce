/** A chart of curves that grow during training. */
import { linearTicks, logTicks } from "../../recipes/ticks.ts";

type Points = readonly (readonly [number, number])[];

/** The maximum number of ticks on an axis. */
const TICKS = 5;

/** The ratio of the largest to the smallest value from which the axis is logarithmic. */
const LOGARITHMIC = 3;

/**
 * Curves over the steps, on a logarithmic axis where the values allow it. The plot is stretched to fit, the numbers are not, so they
 * stay legible on small screens.
 */
export function LossChart({ curves }: { readonly curves: ReadonlyMap<string, Points> }) {
  const all = [...curves.values()].flat();
  if (all.length === 0) return null;
  const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
  const [least, most] = [Math.min(...ys), Math.max(...ys)];
  const log = least > 0 && most / least > LOGARITHMIC;
  const margin = (most - least) * 0.06 || Math.abs(most) * 0.06 || 1;
  const [low, high] = log ? [least / 1.1, most * 1.1] : [least - margin, most + margin];
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const scale = (y: number) => log ? Math.log(y) : y;
  const px = (x: number) => 100 * (right > left ? (x - left) / (right - left) : 0);
  const py = (y: number) => 100 * (scale(high) - scale(y)) / (scale(high) - scale(low));
  const rows = log && logTicks(low, high).length > 1 ? logTicks(low, high) : linearTicks(low, high, TICKS);
  const last = all.at(-1)!;
  const names = [...curves.keys()].join(", ");
  return (
    <figure class="chart">
      <div class="plot" role="img" aria-label={`Curves of ${names} over the steps`}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {rows.map((y) => <line key={y} class="grid" x1={0} x2={100} y1={py(y)} y2={py(y)} />)}
          {[...curves.values()].map((points, i) => (
            <polyline
              key={i}
              class={`curve curve-${i}`}
              points={points.map(([x, y]) => `${px(x).toFixed(2)},${py(y).toFixed(2)}`).join(" ")}
            />
          ))}
        </svg>
        {rows.map((y) => <span key={y} class="tick row-tick" style={`--y: ${py(y)}`}>{y}</span>)}
        {linearTicks(left, right, TICKS).filter(Number.isInteger).map((x) => (
          <span key={x} class="tick column-tick" style={`--x: ${px(x)}`}>{x}</span>
        ))}
        <span class="tip" style={`--x: ${px(last[0])}; --y: ${py(last[1])}`} />
      </div>
      <figcaption>{names}: {last[1].toPrecision(3)} at step {last[0]}</figcaption>
    </figure>
  );
}
