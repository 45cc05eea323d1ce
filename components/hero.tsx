/** The opening of the report. */
import type { Committed } from "../server/committed.ts";

/** The title, and one picture on its way out of the noise. */
export function Hero({ committed }: { readonly committed: ReadonlyMap<string, Committed> }) {
  const moments = committed.get("trajectory")?.figures.find(({ name }) => name === "moments");
  return (
    <header class="hero">
      <h1>Noise, undone.</h1>
      <p class="lead">
        A diffusion model learns one thing: to see the noise in a picture. Asked again and again, it turns
        noise alone into a picture of whatever it is told. This report shows how, and each of its figures can
        be made again, here, with other words, other numbers and other noise.
      </p>
      {moments && <Moments figure={moments} />}
    </header>
  );
}

function Moments({ figure }: { readonly figure: Committed["figures"][number] }) {
  const cells = figure.cells.filter(({ row }) => row === 0).slice(0, 8);
  return (
    <div class="moments" aria-hidden="true">
      {cells.map(({ x, y, width, height }) => (
        <svg viewBox={`${x} ${y} ${width} ${height}`}>
          <image href={`/report/trajectory/${figure.file}`} width={figure.width} height={figure.height} />
        </svg>
      ))}
    </div>
  );
}
