/** Curves that grow. */

const WIDTH = 640;
const HEIGHT = 240;
const LEFT = 56;
const BOTTOM = 28;

type Points = readonly (readonly [number, number])[];

/** Curves over the steps, on a logarithmic axis where the values allow it. */
export function LossChart({ curves }: { readonly curves: ReadonlyMap<string, Points> }) {
  const all = [...curves.values()].flat();
  if (all.length < 2) return null;
  const xs = all.map(([x]) => x);
  const ys = all.map(([, y]) => y);
  const log = Math.min(...ys) > 0 && Math.max(...ys) / Math.min(...ys) > 3;
  const scale = (y: number) => log ? Math.log10(y) : y;
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [scale(Math.min(...ys)), scale(Math.max(...ys))];
  const px = (x: number) => LEFT + (x - left) / (right - left || 1) * (WIDTH - LEFT - 12);
  const py = (y: number) => 12 + (high - scale(y)) / (high - low || 1) * (HEIGHT - BOTTOM - 12);
  const ticks = [0, 1 / 3, 2 / 3, 1].map((part) => low + part * (high - low)).map((y) => log ? 10 ** y : y);
  const last = all.at(-1)!;
  return (
    <figure class="chart">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Curves of ${[...curves.keys()].join(", ")}`}
      >
        {ticks.map((y) => (
          <g>
            <line class="grid" x1={LEFT} x2={WIDTH - 12} y1={py(y)} y2={py(y)} />
            <text x={LEFT - 8} y={py(y) + 4} text-anchor="end">{y.toPrecision(2)}</text>
          </g>
        ))}
        <text x={LEFT} y={HEIGHT - 6}>{left}</text>
        <text x={WIDTH - 12} y={HEIGHT - 6} text-anchor="end">{right}</text>
        {[...curves.values()].map((points, i) => (
          <polyline
            class={`curve curve-${i}`}
            points={points.map(([x, y]) => `${px(x)},${py(y)}`).join(" ")}
          />
        ))}
        <circle class="tip" cx={px(last[0])} cy={py(last[1])} r="4" />
      </svg>
      <figcaption>{[...curves.keys()].join(", ")}: {last[1].toPrecision(3)} at step {last[0]}</figcaption>
    </figure>
  );
}
