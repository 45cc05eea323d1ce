/** The tools of a drawing pad: stroke width, undo, clear and done. */
import type { ComponentChildren } from "preact";

/** The tools' state and handlers. */
export interface StrokeToolsProps {
  /** The drawing tool: "Pen". */
  readonly tool: string;
  /** The least and the largest width. */
  readonly range: readonly [number, number];
  /** The width. */
  readonly width: number;
  /** Called with a new width. */
  readonly onWidth: (width: number) => void;
  /** Whether nothing was drawn. */
  readonly empty: boolean;
  /** Whether there is no room for another drawing; defaults to false. */
  readonly full?: boolean;
  /** Undoes the last stroke. */
  readonly undo: () => void;
  /** Clears all strokes. */
  readonly clear: () => void;
  /** The label of the button for done: "Use this drawing". */
  readonly finish: string;
  /** Called when done. */
  readonly onFinish: () => void;
  /** Called when done and the drawing should run right away; without it there is no such button. */
  readonly onRun?: () => void;
  /** Additional tools above these. */
  readonly children?: ComponentChildren;
}

/** The tools of a pad. */
export function StrokeTools(
  { tool, range: [min, max], width, onWidth, empty, full, undo, clear, finish, onFinish, onRun, children }:
    StrokeToolsProps,
) {
  return (
    <div class="tools">
      {children}
      <label class="width">
        {tool}
        <input
          type="range"
          min={min}
          max={max}
          value={width}
          onInput={({ currentTarget }) => onWidth(Number(currentTarget.value))}
        />
      </label>
      <div class="row">
        <button type="button" class="button small" disabled={empty} onClick={undo}>Undo</button>
        <button type="button" class="button small" disabled={empty} onClick={clear}>Clear</button>
        <button
          type="button"
          class={`button small ${onRun ? "" : "primary"}`}
          disabled={empty || full}
          onClick={onFinish}
        >
          {finish}
        </button>
        {onRun && (
          <button type="button" class="button small primary" disabled={empty || full} onClick={onRun}>
            Run
          </button>
        )}
      </div>
    </div>
  );
}
