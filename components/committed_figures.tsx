/** The committed figures of a section. */
import type { Committed } from "../server/committed.ts";
import { FigureView } from "./figure.tsx";

/** The figures, or a placeholder. */
export function CommittedFigures(
  { section, committed }: { readonly section: string; readonly committed: Committed | undefined },
) {
  if (!committed || committed.figures.length === 0) {
    return (
      <p class="placeholder">
        There are no figures for this section yet. Run it to see them take shape.
      </p>
    );
  }
  return (
    <>
      {committed.figures.map((figure) => (
        <FigureView figure={figure} src={`/report/${section}/${figure.file}`} />
      ))}
    </>
  );
}
