/** The figures of a section as they are committed. */
import type { Committed } from "../server/committed.ts";
import { FigureView } from "./figure.tsx";

/** The figures, or what takes their place. */
export function CommittedFigures(
  { section, committed }: { readonly section: string; readonly committed: Committed | undefined },
) {
  if (!committed || committed.figures.length === 0) {
    return (
      <p class="placeholder">
        The figures of this section are not generated yet: run it, and see them come about.
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
