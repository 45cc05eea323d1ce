/** What a pad for strokes has beside it: how wide they are, taking back, and being done. */
import type { ComponentChildren } from "preact";

/** The tools' state and what they do. */
export interface StrokeToolsProps {
  /** What draws: "Pen". */
  readonly tool: string;
  /** The least and the largest width. */
  readonly range: readonly [number, number];
  /** The width. */
  readonly width: number;
  /** Told another width. */
  readonly onWidth: (width: number) => void;
  /** Whether nothing was drawn. */
  readonly empty: boolean;
  /** Whether there is no room for what is drawn; by default there is. */
  readonly full?: boolean;
  /** Takes the last stroke back. */
  readonly undo: () => void;
  /** Takes all strokes back. */
  readonly clear: () => void;
  /** What being done is called: "Use this drawing". */
  readonly finish: string;
  /** Called when it is. */
  readonly onFinish: () => void;
  /** Called when it is, and what is drawn is to be run at once; without it there is no such button. */
  readonly onRun?: () => void;
  /** Tools that stand above these. */
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
