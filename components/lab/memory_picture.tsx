/** The most telling picture of a remembered result. */
import { useEffect, useState } from "preact/hooks";
import { fileAddress, isTabKey, tabResult } from "../../tab/results.ts";
import { firstFocus } from "./focus.ts";
import type { Memory } from "./history.ts";

/** The picture, cut out of its sheet; a gray placeholder until it is loaded. */
export function MemoryPicture({ memory: { key, figure } }: { readonly memory: Memory }) {
  const [src, setSrc] = useState(isTabKey(key) ? undefined : `/api/results/${key}/files/${figure.file}`);
  const [gone, setGone] = useState(false);
  useEffect(() => {
    if (!isTabKey(key)) return;
    // What was made in a tab is in this browser.
    tabResult(key).then((result) => result ? setSrc(fileAddress(result, figure.file)) : setGone(true));
  }, [key]);
  const focus = firstFocus([{ figure }]);
  const { width, height } = figure;
  const cell = focus ? figure.cells[focus.cell] : { x: 0, y: 0, width, height };
  const percent = (part: number, of: number) => `${100 * part / of}%`;
  return (
    <span class="memory-picture" style={`aspect-ratio: ${cell.width} / ${cell.height}`}>
      {src !== undefined && !gone && (
        <img
          src={src}
          alt=""
          loading="lazy"
          // Its height is set before it loads: images outside of the visible area are never fetched.
          style={`width: ${percent(width, cell.width)}; aspect-ratio: ${width} / ${height}; left: -${
            percent(cell.x, cell.width)
          }; top: -${percent(cell.y, cell.height)}`}
          onError={() => setGone(true)}
          data-fresh-disable-lock
        />
      )}
      {gone && <small>The picture is no longer kept.</small>}
    </span>
  );
}
