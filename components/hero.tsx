/** The opening of the report. */
import type { Committed } from "../server/committed.ts";
import type { WireFigure } from "../server/wire.ts";

/** Where a strip of pictures is looked for: a picture on its way out of the noise, else digits that were drawn. */
const strips = ["trajectory", "iterative", "class-unet", "time-unet"];

/** The title, and a strip of pictures. */
export function Hero({ committed }: { readonly committed: ReadonlyMap<string, Committed> }) {
  const section = strips.find((id) => committed.get(id)?.figures.some(isStrip));
  return (
    <header class="hero">
      <h1>Noise, undone.</h1>
      <p class="lead">
        A diffusion model learns one thing: to see the noise in a picture. Asked again and again, it turns
        noise alone into a picture of whatever it is told. This report shows how, and each of its figures can
        be made again, here, with other words, other numbers and other noise.
      </p>
      {section && <Strip section={section} figure={committed.get(section)!.figures.find(isStrip)!} />}
    </header>
  );
}

function isStrip({ cells }: WireFigure): boolean {
  return cells.filter(({ row }) => row === 0).length >= 5;
}

function Strip({ section, figure }: { readonly section: string; readonly figure: WireFigure }) {
  const cells = figure.cells.filter(({ row }) => row === 0).slice(0, 10);
  return (
    <div class="moments" aria-hidden="true">
      {cells.map(({ column, x, y, width, height }) => (
        <svg key={column} viewBox={`${x} ${y} ${width} ${height}`}>
          <image href={`/report/${section}/${figure.file}`} width={figure.width} height={figure.height} />
        </svg>
      ))}
    </div>
  );
}
